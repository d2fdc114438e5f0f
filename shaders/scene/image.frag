#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_samplerless_texture_functions : require
// A texture in video memory: an image, one page a row.

#include "texel.glsl"

layout(set = 0, binding = 0) uniform utexture2D source;

void main() {
    uvec2 inTile;
    uvec2 word = wordAt(inTile);
    color = shade(texelFetch(source, ivec2(word), 0).x, inTile);
}
