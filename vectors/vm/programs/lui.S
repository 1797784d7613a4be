# lui rd, immediate: compared with what addi and shifts make.
        li   a0, 1
        lui  a1, 0x80000            # the least
        li   a2, -1
        slli a2, a2, 31
        bne  a1, a2, fail
        li   a0, 2
        lui  a1, 0x7ffff            # the greatest
        li   a2, -1
        srli a2, a2, 45
        slli a2, a2, 12
        bne  a1, a2, fail
        li   a0, 3
        lui  a1, 0                  # what was there before is gone
        bnez a1, fail
        li   a0, 4
        lui  zero, 0x12345          # x0 stays zero
        addi a1, zero, 0
        bnez a1, fail
        li   a0, 0
fail:   li   a7, 93
        ecall
