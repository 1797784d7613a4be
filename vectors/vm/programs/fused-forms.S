# One register in several places of fused sequences.
# Written by generate/vm.py.
        .macro keep
        sd a1, 0(s1); sd a2, 8(s1); sd a3, 16(s1); sd a4, 24(s1); sd a5, 32(s1); sd ra, 40(s1)
        addi s1, s1, 48
        .endm
        lui s1, 0x20
        li a1, -1; li a2, 1; li a3, 9
        add a4, a1, a1; sltu a5, a4, a1
        keep
        li a1, -1; li a2, 1; li a3, 9
        sub a4, zero, a2; sltu a5, zero, a2
        keep
        li a1, -1; li a2, 1; li a3, 9
        sub a4, a2, zero; sltu a5, a2, zero
        keep
        li a1, -1; li a2, 1; li a3, 9
        add a2, a1, a2; sltu a4, a2, a1; add a4, a4, a3
        keep
        li a1, -1; li a2, 1; li a3, 9
        add a2, a1, a2; sltu a4, a2, a1; add a2, a4, a3
        keep
        li a1, -1; li a2, 1; li a3, 9
        add a4, a1, a2; sltu a1, a4, a1; add a1, a1, a3
        keep
        li a1, -1; li a2, 1; li a3, 9
        add a4, a1, a1; sltu a1, a4, a1; add a5, a1, a3
        keep
        li a1, -1; li a2, 1; li a3, 9
        add a4, a1, a2; sltu a1, a4, a1; add a5, a1, a2
        keep
        li a1, -1; li a2, 1; li a3, 9
        add a4, a1, zero; sltu a1, a4, a1; add a5, a1, a3
        keep
        li a1, -1; li a2, 1; li a3, 9
        add a4, a1, a2; sltu a1, a4, a1; add a2, a1, a3
        keep
        li a1, -1; li a2, 1; li a3, 9
        add a4, a1, a2; sltu a1, a4, a1; add a3, a1, a3
        keep
        li a1, -1; li a2, 1; li a3, 9
        add a4, a1, a2; sltu a1, a4, a1; add a4, a1, a3
        keep
        li a1, -1; li a2, 1; li a3, 9
        add a4, a1, a1; sltu a5, a4, a1; add a5, a5, a3
        keep
        li a1, -1; li a2, 1; li a3, 9
        add a4, a1, a2; sltu a5, a4, a1; add a5, a5, a2
        keep
        li a1, -1; li a2, 1; li a3, 9
        add a4, a1, zero; sltu a5, a4, a1; add a5, a5, a3
        keep
        li a1, -1; li a2, 1; li a3, 9
        add a4, a1, a2; sltu a5, a4, a1; add a5, a5, a1
        keep
        li a1, -1; li a2, 1; li a3, 9
        add a4, a1, a2; sltu a4, a4, a1; add a4, a4, a3
        keep
        li a1, -1; li a2, 1; li a3, 9
        mulhu a4, a1, zero; mul a5, a1, zero
        keep
        li a1, -1; li a2, 1; li a3, 9
        divu a4, a1, zero; remu a5, a1, zero
        keep
        li a1, -1; li a2, 1; li a3, 9
        auipc ra, 0; addi ra, ra, 4
        keep
        li a0, 0; li a7, 93; ecall
