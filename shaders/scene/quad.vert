#version 450
#extension GL_GOOGLE_include_directive : require
// Four corners, ready projected.

#include "quad.glsl"

layout(location = 0) out vec2 uv;

void main() {
    gl_Position = quad.corners[gl_VertexIndex];
    uv = vec2(gl_VertexIndex & 1, gl_VertexIndex >> 1);
}
