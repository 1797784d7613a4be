# sh rs2, offset(rs1), aligned or not, and from one page to the next. First row: what is stored, and where.
# A row: the 16 bytes around the border of the pages.
# Written by generate/vm.py: the results are those of the model. a0 is the number of the test.
        .macro test row, offset
        addi a0, a0, 1
        sd   a2, -8(s1)
        sd   a2, 0(s1)
        sh a1, \offset(s1)
        ld   a3, -8(s1)
        ld   a4, 0(s1)
        ld   a5, \row(s0)
        bne  a3, a5, fail
        ld   a5, \row+8(s0)
        bne  a4, a5, fail
        .endm

        lui  s0, %hi(table)
        addi s0, s0, %lo(table)
        srli s1, sp, 12
        slli s1, s1, 12             # where two pages meet, in the stack
        ld   a1, 0(s0)
        ld   a2, 8(s0)
        test 16, 0
        test 32, 1
        test 48, -1
        test 64, -3
        test 80, -8
        li   a0, 0
fail:   li   a7, 93
        ecall
        .balign 8
table:
        .dword 0x8182838485868788, 0xaaaaaaaaaaaaaaaa  # 1
        .dword 0xaaaaaaaaaaaaaaaa, 0xaaaaaaaaaaaa8788  # 2
        .dword 0xaaaaaaaaaaaaaaaa, 0xaaaaaaaaaa8788aa  # 3
        .dword 0x88aaaaaaaaaaaaaa, 0xaaaaaaaaaaaaaa87  # 4
        .dword 0xaa8788aaaaaaaaaa, 0xaaaaaaaaaaaaaaaa  # 5
        .dword 0xaaaaaaaaaaaa8788, 0xaaaaaaaaaaaaaaaa  # 6
