#version 450
#extension GL_GOOGLE_include_directive : require
// A texture that the device does not have: nobody overlooks it.

#include "quad.glsl"

layout(location = 0) in vec2 uv;
layout(location = 0) out vec4 color;

void main() {
    uvec2 cell = uvec2(uv * 8.0);
    color = ((cell.x ^ cell.y) & 1u) == 0u ? vec4(1.0, 0.0, 1.0, 1.0) : vec4(0.0, 0.0, 0.0, 1.0);
}
