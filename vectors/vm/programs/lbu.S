# lbu rd, offset(rs1), aligned or not. A row: rd.
# Written by generate/vm.py: the results are those of the model. a0 is the number of the test.
        .macro test row, offset
        addi a0, a0, 1
        ld   a2, \row(s0)
        lbu a3, \offset(s1)
        bne  a3, a2, fail
        .endm

        lui  s0, %hi(table)
        addi s0, s0, %lo(table)
        lui  s1, %hi(data + 8)
        addi s1, s1, %lo(data + 8)
        test 0, -8
        test 8, -7
        test 16, -5
        test 24, -1
        test 32, 0
        addi a0, a0, 1
        lbu s1, 0(s1)                # rd = rs1
        bne  s1, a2, fail
        lbu zero, 0(s0)              # x0 stays zero
        addi a5, zero, 0
        bnez a5, fail
        li   a0, 0
fail:   li   a7, 93
        ecall
        .balign 8
table:
        .dword 0x000000000000007f  # 1
        .dword 0x0000000000000080  # 2
        .dword 0x0000000000000000  # 3
        .dword 0x0000000000000075  # 4
        .dword 0x0000000000000010  # 5
data:
        .byte 0x7f, 0x80, 0xff, 0x00, 0x01, 0xfe, 0x8a, 0x75, 0x10, 0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01
