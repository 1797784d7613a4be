# sext.h rd, rs1. A row: rs1, rd.
# Written by generate/vm.py: the results are those of the model. a0 is the number of the test.
        lui  s0, %hi(table)
        addi s0, s0, %lo(table)
        lui  s1, %hi(end)
        addi s1, s1, %lo(end)
next:   addi a0, a0, 1
        ld   a1, 0(s0)
        ld   a2, 8(s0)
        sext.h a5, a1
        bne  a5, a2, fail
        sext.h a1, a1                 # rd = rs1
        bne  a1, a2, fail
        sext.h zero, a2               # x0 stays zero
        addi a5, zero, 0
        bnez a5, fail
        addi s0, s0, 16
        bne  s0, s1, next
        li   a0, 0
fail:   li   a7, 93
        ecall
        .balign 8
table:
        .dword 0x0000000000000000, 0x0000000000000000  # 1
        .dword 0x0000000000000001, 0x0000000000000001  # 2
        .dword 0xffffffffffffffff, 0xffffffffffffffff  # 3
        .dword 0x8000000000000000, 0x0000000000000000  # 4
        .dword 0x7fffffffffffffff, 0xffffffffffffffff  # 5
        .dword 0x000000000000007f, 0x000000000000007f  # 6
        .dword 0x0000000000000080, 0x0000000000000080  # 7
        .dword 0x0000000000007fff, 0x0000000000007fff  # 8
        .dword 0x0000000000008000, 0xffffffffffff8000  # 9
        .dword 0x000000007fffffff, 0xffffffffffffffff  # 10
        .dword 0x0000000080000000, 0x0000000000000000  # 11
        .dword 0x0000000100000000, 0x0000000000000000  # 12
        .dword 0xff00ff01007f8000, 0xffffffffffff8000  # 13
        .dword 0x0123456789abcdef, 0xffffffffffffcdef  # 14
        .dword 0xfedcba9876543210, 0x0000000000003210  # 15
        .dword 0x0001000000000000, 0x0000000000000000  # 16
end:
