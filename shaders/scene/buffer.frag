#version 450
#extension GL_GOOGLE_include_directive : require
// A texture in the aperture: a buffer, one page behind the other.

#include "texel.glsl"

layout(std430, set = 0, binding = 0) readonly buffer Source {
    uint words[];
} source;

void main() {
    uvec2 inTile;
    uvec2 word = wordAt(inTile);
    color = shade(source.words[word.y * 1024u + word.x], inTile);
}
