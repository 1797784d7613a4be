# jal rd, distance: forward, backward, with a link of its own, and without one.
        li   a0, 1
        lui  s0, %hi(first)
        addi s0, s0, %lo(first)     # the link that there should be
        jal  a1, forward
first:  bne  a1, s0, fail
        li   a0, 2
        jal  zero, last             # x0 stays zero
        j    fail
forward:
        bne  a1, s0, fail
        c.j  first                  # backward
last:   addi a1, zero, 0
        bnez a1, fail
        li   a0, 0
fail:   li   a7, 93
        ecall
