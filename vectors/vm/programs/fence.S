# fence with any sets, fence.tso, pause, and a reserved mode: they do nothing.
        li   a0, 1
        li   a1, 7
        fence
        fence rw, w
        fence.tso
        .word 0x0100000f            # pause
        .word 0x0000000f            # no sets
        .word 0xfff0000f            # everything set, a mode that is reserved
        addi a1, a1, -7
        bnez a1, fail
        li   a0, 0
fail:   li   a7, 93
        ecall
