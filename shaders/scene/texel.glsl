// Where on a quad which word of the texture shows, and as what colour.
// A texture of n pages is a sheet of tiles, one page a tile of 32 x 32 words of 32 bits.

#include "quad.glsl"

layout(location = 0) in vec2 uv;
layout(location = 0) out vec4 color;

uint rows() {
    return (quad.pageCount + quad.columns - 1u) / quad.columns;
}

// x: the word in the page, y: the page.
uvec2 wordAt(out uvec2 inTile) {
    uvec2 sheet = uvec2(quad.columns * 32u, rows() * 32u);
    uvec2 texel = min(uvec2(uv * vec2(sheet)), sheet - 1u);
    inTile = texel & 31u;
    uint page = min((texel.y >> 5) * quad.columns + (texel.x >> 5), quad.pageCount - 1u);
    return uvec2(inTile.y * 32u + inTile.x, page);
}

vec4 shade(uint word, uvec2 inTile) {
    vec3 base = vec3((quad.tint >> 16) & 255u, (quad.tint >> 8) & 255u, quad.tint & 255u) / 255.0;
    vec3 grain = vec3((word >> 16) & 255u, (word >> 8) & 255u, word & 255u) / 255.0;
    float edge = inTile.x == 0u || inTile.y == 0u ? 0.75 : 1.0;
    vec3 lit = base * (0.55 + 0.6 * grain) * edge;
    return vec4(mix(lit, vec3(0.6, 0.8, 1.0), float(quad.fog) / 255.0), 1.0);
}
