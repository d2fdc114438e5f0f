using System;
using System.ComponentModel;
using System.Globalization;

namespace GpuMm.Hosting.Options;

/// <summary>Lets configuration bind a <see cref="ByteCount"/> from text.</summary>
public sealed class ByteCountConverter : TypeConverter
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) =>
        sourceType == typeof(string) || base.CanConvertFrom(context, sourceType);

    /// <inheritdoc/>
    public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        value is string text ? ByteCount.Parse(text) : base.ConvertFrom(context, culture, value);
}
