# slli.uw rd, rs1, immediate. A row: rs1, rd.
# Written by generate/vm.py: the results are those of the model. a0 is the number of the test.
        .macro test row, immediate
        addi a0, a0, 1
        ld   a1, \row(s0)
        ld   a2, \row+8(s0)
        slli.uw a3, a1, \immediate
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
        slli.uw a1, a1, 63               # rd = rs1
        bne  a1, a3, fail
        slli.uw zero, a2, 63             # x0 stays zero
        addi a5, zero, 0
        bnez a5, fail
        li   a0, 0
fail:   li   a7, 93
        ecall
        .balign 8
table:
        .dword 0xfedcba9876543210, 0x0000000076543210  # 1
        .dword 0x0123456789abcdef, 0x0000000113579bde  # 2
        .dword 0xfedcba9876543210, 0x00000000eca86420  # 3
        .dword 0x0123456789abcdef, 0x44d5e6f780000000  # 4
        .dword 0xfedcba9876543210, 0x3b2a190800000000  # 5
        .dword 0x0123456789abcdef, 0x89abcdef00000000  # 6
        .dword 0xfedcba9876543210, 0x7654321000000000  # 7
        .dword 0x0123456789abcdef, 0x13579bde00000000  # 8
        .dword 0xfedcba9876543210, 0xeca8642000000000  # 9
        .dword 0x0123456789abcdef, 0x8000000000000000  # 10
        .dword 0xfedcba9876543210, 0x0000000000000000  # 11
