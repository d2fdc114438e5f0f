#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_samplerless_texture_functions : require
// Checksums each page of an image: one page is one row of 1024 texels of 32 bits.

#include "mix.glsl"

layout(set = 0, binding = 0) uniform utexture2D source;

layout(std430, set = 0, binding = 1) writeonly buffer Sums {
    uvec2 of[];
} result;

void main() {
    if (page() >= range.pageCount) {
        return;
    }
    uvec2 sum = uvec2(0u);
    for (uint i = 0u; i < 16u; i++) {
        uint index = i * 64u + gl_LocalInvocationID.x;
        sum += mixWord(texelFetch(source, ivec2(index, page()), 0).x, index);
    }
    uvec2 all = addUp(sum);
    if (gl_LocalInvocationID.x == 0u) {
        result.of[page()] = all;
    }
}
