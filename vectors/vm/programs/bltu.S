# bltu rs1, rs2. A row: rs1, rs2, whether it is taken.
# Written by generate/vm.py: the results are those of the model. a0 is the number of the test.
        lui  s0, %hi(table)
        addi s0, s0, %lo(table)
        lui  s1, %hi(end)
        addi s1, s1, %lo(end)
next:   addi a0, a0, 1
        ld   a1, 0(s0)
        ld   a2, 8(s0)
        ld   a3, 16(s0)
        addi a4, zero, 1
        bltu a1, a2, 1f
        addi a4, zero, 0
1:      bne  a4, a3, fail
        bltu a1, a1, 2f             # rs1 = rs2
        addi a4, a4, 2
2:      srli a4, a4, 1
        li   a5, 1
        bne  a4, a5, fail
        addi s0, s0, 24
        bne  s0, s1, next
        li   a0, 0
fail:   li   a7, 93
        ecall
        .balign 8
table:
        .dword 0x0000000000000000, 0x0000000000000000, 0x0000000000000000  # 1
        .dword 0x0000000000000000, 0x0000000000000001, 0x0000000000000001  # 2
        .dword 0x0000000000000001, 0x0000000000000000, 0x0000000000000000  # 3
        .dword 0xffffffffffffffff, 0x0000000000000000, 0x0000000000000000  # 4
        .dword 0x0000000000000000, 0xffffffffffffffff, 0x0000000000000001  # 5
        .dword 0x8000000000000000, 0x7fffffffffffffff, 0x0000000000000000  # 6
        .dword 0x7fffffffffffffff, 0x8000000000000000, 0x0000000000000001  # 7
        .dword 0xffffffffffffffff, 0xffffffffffffffff, 0x0000000000000000  # 8
        .dword 0x0000000000000001, 0x0000000100000001, 0x0000000000000001  # 9
        .dword 0x8000000000000000, 0x0000000000000000, 0x0000000000000000  # 10
end:
