# auipc rd, immediate: compared with the address in the link of jal.
        li   a0, 1
        jal  a1, 1f                 # a1 is the address of the next line
1:      auipc a2, 0
        bne  a1, a2, fail
        li   a0, 2
        jal  a1, 1f
1:      auipc a2, 0x7ffff           # the greatest
        sub  a2, a2, a1
        lui  a3, 0x7ffff
        bne  a2, a3, fail
        li   a0, 3
        jal  a1, 1f
1:      auipc a2, 0x80000           # the least: far below zero
        sub  a2, a2, a1
        lui  a3, 0x80000
        bne  a2, a3, fail
        li   a0, 4
        auipc zero, 1               # x0 stays zero
        addi a1, zero, 0
        bnez a1, fail
        li   a0, 0
fail:   li   a7, 93
        ecall
