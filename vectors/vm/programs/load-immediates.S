# LUI and ADDIW, AUIPC and ADDI, where the sum meets the ends of 32 bits.
        li   a0, 1
        lui  a1, 0x80000
        addiw a1, a1, -1            # 2^31 - 1: the sum wraps
        li   a2, -1
        srli a2, a2, 33
        bne  a1, a2, fail
        li   a0, 2
        lui  a1, 0x7ffff
        addiw a1, a1, 2047
        addi a2, a2, -2048
        bne  a1, a2, fail
        li   a0, 3
        lui  zero, 0x12345          # x0 stays zero
        addiw zero, zero, 5
        addi a1, zero, 0
        bnez a1, fail
        li   a0, 4
        lui  a3, %hi(here)
        addi a3, a3, %lo(here)
here:   auipc a1, 0x80000
        addi a1, a1, -1             # below -2^31: no fusion
        sub  a1, a1, a3
        lui  a2, 0x80000
        addi a2, a2, -1
        bne  a1, a2, fail
        li   a0, 5
        lui  a3, %hi(there)
        addi a3, a3, %lo(there)
there:  auipc a1, 0x7ffff
        addi a1, a1, 2047           # above 2^31 with the address: no fusion
        sub  a1, a1, a3
        lui  a2, 0x7ffff
        addi a2, a2, 2047
        bne  a1, a2, fail
        li   a0, 6
        auipc zero, 0
        addi zero, zero, 9          # fused in version 2, and x0 stays zero
        addi a1, zero, 0
        bnez a1, fail
        li   a0, 0
fail:   li   a7, 93
        ecall
