# jalr rd, offset(rs1), with an rd that is not rs1: version 0 differs there.
        li   a0, 1
        lui  s0, %hi(first)
        addi s0, s0, %lo(first)     # the link that there should be
        lui  t0, %hi(forward - 2047)
        addi t0, t0, %lo(forward - 2047)
        jalr a1, 2047(t0)           # the greatest offset
first:  bne  a1, s0, fail
        li   a0, 2
        lui  t0, %hi(second + 2048)
        addi t0, t0, %lo(second + 2048)
        jalr zero, -2048(t0)        # the least
        j    fail
second: li   a0, 3
        lui  s0, %hi(link)
        addi s0, s0, %lo(link)
        lui  t0, %hi(third + 3)
        addi t0, t0, %lo(third + 3)
        jalr a1, -2(t0)             # the sum is odd: its lowest bit is cleared
link:   j    fail
forward:
        lui  t0, %hi(first - 1)
        addi t0, t0, %lo(first - 1)
        jalr zero, 1(t0)            # backward; odd and odd are even
third:  bne  a1, s0, fail
        li   a0, 4
        lui  t0, %hi(compressed)
        addi t0, t0, %lo(compressed)
        jalr zero, 0(t0)            # x0 stays zero
        j    fail
compressed:
        addi a1, zero, 0
        bnez a1, fail
        li   a0, 5
        lui  t0, %hi(fifth)
        addi t0, t0, %lo(fifth)
        lui  s0, %hi(after)
        addi s0, s0, %lo(after)
        c.jalr t0                   # the link is two bytes on
after:  j    last
fifth:  bne  ra, s0, fail
        c.jr ra
last:   li   a0, 0
fail:   li   a7, 93
        ecall
