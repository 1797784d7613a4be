# bexti rd, rs1, immediate. A row: rs1, rd.
# Written by generate/vm.py: the results are those of the model. a0 is the number of the test.
        .macro test row, immediate
        addi a0, a0, 1
        ld   a1, \row(s0)
        ld   a2, \row+8(s0)
        bexti a3, a1, \immediate
        bne  a3, a2, fail
        .endm

        lui  s0, %hi(table)
        addi s0, s0, %lo(table)
        test 0, 0
        test 16, 1
        test 32, 1
        test 48, 31
        test 64, 31
        test 80, 32
        test 96, 32
        test 112, 33
        test 128, 33
        test 144, 63
        test 160, 63
        addi a0, a0, 1
        addi a2, a1, 0
        bexti a1, a1, 63               # rd = rs1
        bne  a1, a3, fail
        bexti zero, a2, 63             # x0 stays zero
        addi a5, zero, 0
        bnez a5, fail
        li   a0, 0
fail:   li   a7, 93
        ecall
        .balign 8
table:
        .dword 0xfedcba9876543210, 0x0000000000000000  # 1
        .dword 0x0123456789abcdef, 0x0000000000000001  # 2
        .dword 0xfedcba9876543210, 0x0000000000000000  # 3
        .dword 0x0123456789abcdef, 0x0000000000000001  # 4
        .dword 0xfedcba9876543210, 0x0000000000000000  # 5
        .dword 0x0123456789abcdef, 0x0000000000000001  # 6
        .dword 0xfedcba9876543210, 0x0000000000000000  # 7
        .dword 0x0123456789abcdef, 0x0000000000000001  # 8
        .dword 0xfedcba9876543210, 0x0000000000000000  # 9
        .dword 0x0123456789abcdef, 0x0000000000000000  # 10
        .dword 0xfedcba9876543210, 0x0000000000000001  # 11
