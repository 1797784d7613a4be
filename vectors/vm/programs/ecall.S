# ecall: exit, with the low byte of a0.
        li   a0, -256
        li   a7, 93
        ecall
