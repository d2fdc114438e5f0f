#version 450
#extension GL_GOOGLE_include_directive : require
// Checksums each page of a buffer.

#include "mix.glsl"

layout(std430, set = 0, binding = 0) readonly buffer Source {
    uvec4 words[];
} source;

layout(std430, set = 0, binding = 1) writeonly buffer Sums {
    uvec2 of[];
} result;

void main() {
    if (page() >= range.pageCount) {
        return;
    }
    uvec2 sum = uvec2(0u);
    for (uint i = 0u; i < 4u; i++) {
        uint quad = i * 64u + gl_LocalInvocationID.x;
        uvec4 words = source.words[page() * 256u + quad];
        for (uint j = 0u; j < 4u; j++) {
            sum += mixWord(words[j], quad * 4u + j);
        }
    }
    uvec2 all = addUp(sum);
    if (gl_LocalInvocationID.x == 0u) {
        result.of[page()] = all;
    }
}
