# slti rd, rs1, immediate. A row: rs1, rd.
# Written by generate/vm.py: the results are those of the model. a0 is the number of the test.
        .macro test row, immediate
        addi a0, a0, 1
        ld   a1, \row(s0)
        ld   a2, \row+8(s0)
        slti a3, a1, \immediate
        bne  a3, a2, fail
        .endm

        lui  s0, %hi(table)
        addi s0, s0, %lo(table)
        test 0, 0
        test 16, 2047
        test 32, -2048
        test 48, 1
        test 64, -1
        test 80, 2047
        test 96, -2048
        test 112, 1365
        test 128, -1366
        test 144, 1
        test 160, -2048
        test 176, 2047
        test 192, -1
        addi a0, a0, 1
        addi a2, a1, 0
        slti a1, a1, -1               # rd = rs1
        bne  a1, a3, fail
        slti zero, a2, -1             # x0 stays zero
        addi a5, zero, 0
        bnez a5, fail
        li   a0, 0
fail:   li   a7, 93
        ecall
        .balign 8
table:
        .dword 0x0000000000000000, 0x0000000000000000  # 1
        .dword 0x0000000000000000, 0x0000000000000001  # 2
        .dword 0x0000000000000000, 0x0000000000000000  # 3
        .dword 0xffffffffffffffff, 0x0000000000000001  # 4
        .dword 0x0000000000000001, 0x0000000000000000  # 5
        .dword 0x7fffffffffffffff, 0x0000000000000000  # 6
        .dword 0x8000000000000000, 0x0000000000000001  # 7
        .dword 0x5555555555555555, 0x0000000000000000  # 8
        .dword 0xaaaaaaaaaaaaaaaa, 0x0000000000000001  # 9
        .dword 0x000000007fffffff, 0x0000000000000000  # 10
        .dword 0xfffffffffffff800, 0x0000000000000000  # 11
        .dword 0x00000000000007ff, 0x0000000000000000  # 12
        .dword 0xffffffff80000000, 0x0000000000000001  # 13
