# Sequences that fuse, entered at their second part as well: then the parts run as they are.
        li   a0, 1
        li   a1, 3
        j    1f
0:      lui  a1, 0x12345
1:      addiw a1, a1, 1             # 4; and 0x12345001 the second time
        li   a2, 4
        bne  a1, a2, 2f
        j    0b
2:      lui  a2, 0x12345
        addi a2, a2, 1
        bne  a1, a2, fail

        li   a0, 2
        li   s1, 9
        li   s2, 5
        j    1f
0:      mulhu s1, s2, s2
1:      mul  s3, s2, s2             # 25, beside 9 and then beside 0
        li   a2, 25
        bne  s3, a2, fail
        beqz s1, 2f
        j    0b
2:
        li   a0, 3
        li   a1, -1
        li   a2, 2
        li   a3, 7
        j    1f
0:      add  a1, a1, a2
1:      sltu a2, a1, a2             # 0, as -1 is not below 2; then 3 < 3 is none
        add  a1, a1, a3
        sltu a3, a1, a3
        or   a2, a2, a3
        addi a3, a3, -1             # there was a carry the first time
        bnez a3, 2f
        li   a2, 2
        li   a3, 7
        addi a1, a1, -5
        j    0b
2:      li   a4, 10
        bne  a1, a4, fail
        bnez a2, fail
        li   a0, 0
fail:   li   a7, 93
        ecall
