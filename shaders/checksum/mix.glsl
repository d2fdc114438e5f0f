// The checksum of one page of 1024 words, as GpuMm.Vulkan's PageSum takes it on the CPU.
// 64 invocations take 16 words each; the first one writes the two sums.

layout(local_size_x = 64) in;

layout(push_constant) uniform Range {
    uint pageCount;
} range;

shared uvec2 sums[64];

uvec2 mixWord(uint word, uint index) {
    uint mixed = word ^ (index * 0x9E3779B9u);
    mixed *= 0x85EBCA6Bu;
    mixed ^= mixed >> 15;
    mixed *= 0xC2B2AE35u;
    mixed ^= mixed >> 13;
    return uvec2(mixed, mixed * ((index << 1) | 1u));
}

// More groups than one direction takes are laid out in rows of 32768.
uint page() {
    return gl_WorkGroupID.y * 32768u + gl_WorkGroupID.x;
}

uvec2 addUp(uvec2 mine) {
    sums[gl_LocalInvocationID.x] = mine;
    barrier();
    for (uint step = 32u; step > 0u; step >>= 1) {
        if (gl_LocalInvocationID.x < step) {
            sums[gl_LocalInvocationID.x] += sums[gl_LocalInvocationID.x + step];
        }
        barrier();
    }
    return sums[0];
}
