# fence.i: it does nothing.
        li   a0, 1
        li   a1, 7
        fence.i
        addi a1, a1, -7
        bnez a1, fail
        li   a0, 0
fail:   li   a7, 93
        ecall
