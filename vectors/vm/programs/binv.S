# binv rd, rs1, rs2. A row: rs1, rs2, rd, and rd where both are rs1.
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
        binv a5, a1, a2
        bne  a5, a3, fail
        addi a5, a1, 0
        binv a5, a5, a2             # rd = rs1
        bne  a5, a3, fail
        addi a5, a2, 0
        binv a5, a1, a5             # rd = rs2
        bne  a5, a3, fail
        addi a5, a1, 0
        binv a5, a5, a5             # all the same
        bne  a5, a4, fail
        binv zero, a1, a2           # x0 stays zero
        addi a5, zero, 0
        bnez a5, fail
        addi s0, s0, 32
        bne  s0, s1, next
        li   a0, 0
fail:   li   a7, 93
        ecall
        .balign 8
table:
        .dword 0x0123456789abcdef, 0x0000000000000000, 0x0123456789abcdee, 0x0123c56789abcdef  # 1
        .dword 0xfedcba9876543210, 0x0000000000000000, 0xfedcba9876543211, 0xfedcba9876553210  # 2
        .dword 0x0123456789abcdef, 0x0000000000000001, 0x0123456789abcded, 0x0123c56789abcdef  # 3
        .dword 0xfedcba9876543210, 0x000000000000001f, 0xfedcba98f6543210, 0xfedcba9876553210  # 4
        .dword 0xfedcba9876543210, 0x0000000000000020, 0xfedcba9976543210, 0xfedcba9876553210  # 5
        .dword 0x0123456789abcdef, 0x0000000000000021, 0x0123456589abcdef, 0x0123c56789abcdef  # 6
        .dword 0xfedcba9876543210, 0x000000000000003f, 0x7edcba9876543210, 0xfedcba9876553210  # 7
        .dword 0xfedcba9876543210, 0x0000000000000040, 0xfedcba9876543211, 0xfedcba9876553210  # 8
        .dword 0x0123456789abcdef, 0xffffffffffffffff, 0x8123456789abcdef, 0x0123c56789abcdef  # 9
        .dword 0x0000000080000000, 0x000000000000001f, 0x0000000000000000, 0x0000000080000001  # 10
        .dword 0xffffffffffffffff, 0x000000000000003f, 0x7fffffffffffffff, 0x7fffffffffffffff  # 11
        .dword 0x0000000000000000, 0x000000000000003f, 0x8000000000000000, 0x0000000000000001  # 12
        .dword 0x00000000f0f0f0f0, 0x0000000000000104, 0x00000000f0f0f0e0, 0x00010000f0f0f0f0  # 13
end:
