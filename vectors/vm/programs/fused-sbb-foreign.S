# SBB whose second instruction compares with e: x0, a, c and d.
# Written by generate/vm.py.
        .macro keep
        sd a1, 0(s1); sd a2, 8(s1); sd a3, 16(s1); sd a4, 24(s1); sd a5, 32(s1); sd ra, 40(s1)
        addi s1, s1, 48
        .endm
        lui s1, 0x20
        li a1, 5; li a2, 7; li a3, 1; li a4, 0
        sub a2, a1, a2; sltu a4, a1, zero; sub a1, a2, a3; sltu a3, a2, a1; or a2, a3, a4
        keep
        li a1, 5; li a2, 7; li a3, 1; li a4, 0
        sub a2, a1, a2; sltu a4, a1, a1; sub a1, a2, a3; sltu a3, a2, a1; or a2, a3, a4
        keep
        li a1, 5; li a2, 7; li a3, 1; li a4, 9
        sub a2, a1, a2; sltu a4, a1, a3; sub a1, a2, a3; sltu a3, a2, a1; or a2, a3, a4
        keep
        li a1, 5; li a2, 7; li a3, 1; li a4, 0
        sub a2, a1, a2; sltu a4, a1, a4; sub a1, a2, a3; sltu a3, a2, a1; or a2, a3, a4
        keep
        li a0, 0; li a7, 93; ecall
