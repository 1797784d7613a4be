# What SBB does not look at: the second operand of its first comparison. RISC-V makes a3 1, the fused operation 0.
        li   a0, 9
        li   a1, 4
        li   a2, 1
        li   a4, 100
        sub  a1, a0, a1
        sltu a3, a0, a4
        sub  a0, a1, a2
        sltu a2, a1, a0
        or   a1, a2, a3
        addi a0, a1, 0
        li   a7, 93
        ecall
