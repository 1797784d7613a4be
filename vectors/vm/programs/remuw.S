# remuw rd, rs1, rs2. A row: rs1, rs2, rd, and rd where both are rs1.
# Written by generate/vm.py: the results are those of the model. a0 is the number of the test.
        lui  s0, %hi(table)
        addi s0, s0, %lo(table)
        lui  s1, %hi(end)
        addi s1, s1, %lo(end)
next:   addi a0, a0, 1
        ld   a1, 0(s0)
        ld   a2, 8(s0)
        ld   a3, 16(s0)
        ld   a4, 24(s0)
        remuw a5, a1, a2
        bne  a5, a3, fail
        addi a5, a1, 0
        remuw a5, a5, a2             # rd = rs1
        bne  a5, a3, fail
        addi a5, a2, 0
        remuw a5, a1, a5             # rd = rs2
        bne  a5, a3, fail
        addi a5, a1, 0
        remuw a5, a5, a5             # all the same
        bne  a5, a4, fail
        remuw zero, a1, a2           # x0 stays zero
        addi a5, zero, 0
        bnez a5, fail
        addi s0, s0, 32
        bne  s0, s1, next
        li   a0, 0
fail:   li   a7, 93
        ecall
        .balign 8
table:
        .dword 0x0000000000000007, 0x0000000000000002, 0x0000000000000001, 0x0000000000000000  # 1
        .dword 0xfffffffffffffff9, 0x0000000000000002, 0x0000000000000001, 0x0000000000000000  # 2
        .dword 0x0000000000000007, 0xfffffffffffffffe, 0x0000000000000007, 0x0000000000000000  # 3
        .dword 0xfffffffffffffff9, 0xfffffffffffffffe, 0xfffffffffffffff9, 0x0000000000000000  # 4
        .dword 0x0000000000000000, 0x0000000000000005, 0x0000000000000000, 0x0000000000000000  # 5
        .dword 0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000  # 6
        .dword 0x0000000000000001, 0x0000000000000000, 0x0000000000000001, 0x0000000000000000  # 7
        .dword 0xffffffffffffffff, 0x0000000000000000, 0xffffffffffffffff, 0x0000000000000000  # 8
        .dword 0x8000000000000000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000  # 9
        .dword 0x8000000000000000, 0xffffffffffffffff, 0x0000000000000000, 0x0000000000000000  # 10
        .dword 0x8000000000000000, 0x0000000000000001, 0x0000000000000000, 0x0000000000000000  # 11
        .dword 0xffffffffffffffff, 0x8000000000000000, 0xffffffffffffffff, 0x0000000000000000  # 12
        .dword 0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff, 0x0000000000000000  # 13
        .dword 0x0000000080000000, 0xffffffffffffffff, 0xffffffff80000000, 0x0000000000000000  # 14
        .dword 0xffffffff80000000, 0xffffffffffffffff, 0xffffffff80000000, 0x0000000000000000  # 15
        .dword 0x0000000080000000, 0x00000000ffffffff, 0xffffffff80000000, 0x0000000000000000  # 16
        .dword 0x0000000000000003, 0x0000000100000000, 0x0000000000000003, 0x0000000000000000  # 17
        .dword 0x0123456789abcdef, 0x0000000000010001, 0x0000000000004444, 0x0000000000000000  # 18
end:
