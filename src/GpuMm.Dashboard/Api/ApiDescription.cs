using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Hosting.Options;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace GpuMm.Dashboard.Api;

/// <summary>Says in the OpenAPI document what the routes' signatures do not: who may ask, what is refused, how sizes are written.</summary>
internal static class ApiDescription
{
    private const string Token = "token";
    private const string ClientKey = "clientKey";
    private const string ProblemType = "application/problem+json";

    // What any request may be answered, whatever it asks.
    private static readonly (int Status, string Text)[] s_always =
    [
        (StatusCodes.Status401Unauthorized, "The service has a token, and the request does not carry it."),
        (StatusCodes.Status403Forbidden, "A page of another site asks, or the client's key is wrong."),
        (StatusCodes.Status429TooManyRequests, "Too many requests in a short time, or a limit is reached."),
    ];

    private static readonly (int Status, string Text)[] s_changes =
    [
        (StatusCodes.Status409Conflict, "It contradicts the state."),
        (StatusCodes.Status503ServiceUnavailable, "State is kept, and cannot be written now."),
    ];

    private static readonly (int Status, string Text)[] s_bodies =
    [
        (StatusCodes.Status413PayloadTooLarge, "The body is larger than this request may have."),
        (StatusCodes.Status415UnsupportedMediaType, "The body is not of the type that is expected."),
    ];

    public static void Configure(OpenApiOptions options)
    {
        options.AddSchemaTransformer(DescribeSizes);
        options.AddOperationTransformer(DescribeOperation);
        options.AddDocumentTransformer(DescribeService);
    }

    private static Task DescribeService(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info.Title = "GpuMm";
        document.Info.Version = "v1";
        document.Info.Description = "Simulated GPUs whose memory many programs share. Sizes are numbers of bytes or text such as \"64MiB\"; what is refused changes nothing and answers application/problem+json with one sentence in 'detail'.";
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [Token] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "The token of the service, where it has one; services on loopback addresses and sockets need none." },
            [ClientKey] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = ClientScope.KeyHeader, Description = "The key that opening the client answered." },
        };
        return Task.CompletedTask;
    }

    private static Task DescribeOperation(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.Parameters ??= [];
        operation.Responses ??= [];
        bool actsForClient = context.Description.ActionDescriptor.EndpointMetadata.OfType<MethodInfo>().Any(static method => method.GetParameters().Any(static each => each.ParameterType == typeof(ClientScope)));
        if (actsForClient)
        {
            operation.Parameters.Insert(0, PathParameter("device", JsonSchemaType.String, "The device's name."));
            operation.Parameters.Insert(1, PathParameter("client", JsonSchemaType.Integer, "The number that opening the client answered."));
        }

        // Without a token, for services that have none, or with it; and the client's key beside it where a client acts.
        operation.Security = [Needs(context.Document, actsForClient, hasToken: false), Needs(context.Document, actsForClient, hasToken: true)];
        bool isChange = context.Description.HttpMethod is not "GET";
        Refuse(operation, context, s_always);
        Refuse(operation, context, actsForClient ? [(StatusCodes.Status410Gone, "The client was released meanwhile.")] : []);
        Refuse(operation, context, isChange ? s_changes : []);
        Refuse(operation, context, operation.RequestBody is null ? [] : s_bodies);
        return Task.CompletedTask;
    }

    private static Task DescribeSizes(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        Type type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(ByteCount))
        {
            bool mayBeNull = type != context.JsonTypeInfo.Type;
            schema.Type = JsonSchemaType.Integer | JsonSchemaType.String | (mayBeNull ? JsonSchemaType.Null : 0);
            schema.Description ??= "Bytes, as a number or as text such as \"64MiB\".";
        }
        else if (type == typeof(byte[]))
        {
            schema.Format = "binary"; // As they are: no text stands for them.
        }

        return Task.CompletedTask;
    }

    private static OpenApiParameter PathParameter(string name, JsonSchemaType type, string description) =>
        new() { Name = name, In = ParameterLocation.Path, Required = true, Description = description, Schema = new OpenApiSchema { Type = type } };

    private static OpenApiSecurityRequirement Needs(OpenApiDocument? document, bool actsForClient, bool hasToken)
    {
        OpenApiSecurityRequirement needs = [];
        foreach (string scheme in (string[])[.. hasToken ? (string[])[Token] : [], .. actsForClient ? (string[])[ClientKey] : []])
        {
            needs[new OpenApiSecuritySchemeReference(scheme, document)] = [];
        }

        return needs;
    }

    private static void Refuse(OpenApiOperation operation, OpenApiOperationTransformerContext context, (int Status, string Text)[] refusals)
    {
        foreach ((int status, string text) in refusals)
        {
            operation.Responses!.TryAdd(status.ToString(CultureInfo.InvariantCulture), new OpenApiResponse
            {
                Description = text,
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    [ProblemType] = new() { Schema = new OpenApiSchemaReference(nameof(ProblemDetails), context.Document) },
                },
            });
        }
    }
}
