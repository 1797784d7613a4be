# Fused operations that write x0: the next instruction reads it, before another register is written.
# The exit code of a failure is the number of the test.
        .macro test first:req, second:req, third
        addi a0, a0, 1
        \first
        \second
        \third
        bne  zero, s0, fail             # s0 is zero, as all registers are at first
        .endm

        addi a1, zero, -101
        addi a2, zero, 7
        addi a4, zero, -1
        test "mulh   a3, a1, a2", "mul   zero, a1, a2"
        test "mulh   zero, a1, a2", "mul   a3, a1, a2"
        test "mulhu  a3, a1, a2", "mul   zero, a1, a2"
        test "mulhu  zero, a1, a2", "mul   a3, a1, a2"
        test "mulhsu a3, a1, a2", "mul   zero, a1, a2"
        test "mulhsu zero, a1, a2", "mul   a3, a1, a2"
        test "div    a3, a1, a2", "rem   zero, a1, a2"
        test "div    zero, a1, a2", "rem   a3, a1, a2"
        test "divu   a3, a1, a2", "remu  zero, a1, a2"
        test "divu   zero, a1, a2", "remu  a3, a1, a2"
        test "lui    zero, 0x12345", "addiw zero, zero, 1"
        test "auipc  zero, 0x12345", "addi  zero, zero, 1"
        test "add    a3, a1, a4", "sltu  zero, a3, a1"
        test "sub    a3, a2, a1", "sltu  zero, a2, a1"
        test "sub    zero, a2, a1", "sltu  a3, a2, a1"
        addi a3, a4, 0
        test "add    a3, a1, a3", "sltu  a5, a3, a1", "add zero, a5, a2"
        test "add    a3, a1, a4", "sltu  a1, a3, a1", "add zero, a1, a2"
        li   a0, 0
fail:   li   a7, 93
        ecall
