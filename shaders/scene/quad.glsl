// What one quad is: its corners after the projection, and the texture that it shows.

layout(push_constant) uniform Quad {
    vec4 corners[4];  // clip space: top left, top right, bottom left, bottom right
    uint pageCount;   // of the texture
    uint columns;     // pages side by side on the quad
    uint tint;        // 0xRRGGBB
    uint fog;         // 0 near, 255 far
} quad;
