# Fused sequences compute what their parts compute: each runs fused, and again with no-ops between its parts.
# The exit code of a failure is the number of the sequence. A row of the table is a0 to a3.
        .macro gap apart
        .if \apart
        nop
        .endif
        .endm
        .macro row
        ld   a0, 0(s0)
        ld   a1, 8(s0)
        ld   a2, 16(s0)
        ld   a3, 24(s0)
        .endm
        .macro both sequence
        addi s2, s2, 1
        row
        \sequence 0
        addi t0, a0, 0
        addi t1, a1, 0
        addi t2, a2, 0
        addi t3, a3, 0
        sub  t4, t4, t4
        bne  t4, zero, fail             # x0 is still zero
        row
        \sequence 1
        bne  t0, a0, fail
        bne  t1, a1, fail
        bne  t2, a2, fail
        bne  t3, a3, fail
        .endm
        .macro adc apart
        add  a0, a0, a1
        gap  \apart
        sltu a1, a0, a1
        gap  \apart
        add  a0, a0, a2
        gap  \apart
        sltu a2, a0, a2
        gap  \apart
        or   a1, a1, a2
        .endm
        .macro sbb apart
        sub  a1, a0, a1
        gap  \apart
        sltu a3, a0, a1
        gap  \apart
        sub  a0, a1, a2
        gap  \apart
        sltu a2, a1, a0
        gap  \apart
        or   a1, a2, a3
        .endm
        .macro adcs apart
        add  a3, a0, a1
        gap  \apart
        sltu a2, a3, a0
        .endm
        .macro adcs_other apart
        add  a0, a0, a1
        gap  \apart
        sltu a1, a0, a1
        .endm
        .macro adcs_overlap apart
        add  a3, a0, a1
        gap  \apart
        sltu a3, a3, a0                 # the carry takes the place of the sum
        gap  \apart
        add  a2, a0, a1
        gap  \apart
        sltu a0, a2, a0                 # and of the first addend
        gap  \apart
        add  a1, a3, a2
        gap  \apart
        sltu zero, a1, a3               # and is not wanted
        .endm
        .macro sbbs apart
        sub  a3, a0, a1
        gap  \apart
        sltu a1, a0, a1
        .endm
        .macro sbbs_overlap apart
        sub  a3, a0, a1
        gap  \apart
        sltu a3, a0, a1                 # the borrow takes the place of the difference
        gap  \apart
        sub  a2, a0, a1
        gap  \apart
        sltu a0, a0, a1                 # and of the first operand
        gap  \apart
        sub  zero, a2, a3
        gap  \apart
        sltu a1, a2, a3                 # the difference is not wanted
        gap  \apart
        sub  a1, a2, a0
        gap  \apart
        sltu zero, a2, a0               # nor the borrow
        .endm
        .macro add3a apart
        add  a0, a1, a0
        gap  \apart
        sltu a2, a0, a1
        gap  \apart
        add  a3, a2, a3
        .endm
        .macro add3a_one apart          # the carry takes the place of the sum
        add  a0, a1, a0
        gap  \apart
        sltu a0, a0, a1
        gap  \apart
        add  a1, a0, a3
        .endm
        .macro add3b apart
        add  a0, a1, a2
        gap  \apart
        sltu a1, a0, a1
        gap  \apart
        add  a0, a1, a3
        .endm
        .macro add3c apart
        add  a0, a1, a2
        gap  \apart
        sltu a2, a0, a1
        gap  \apart
        add  a2, a2, a3
        .endm
        .macro wide first, second, apart
        \first a2, a0, a1
        gap  \apart
        \second a3, a0, a1
        gap  \apart
        \first zero, a2, a3             # the first result is not wanted
        gap  \apart
        \second a2, a2, a3
        gap  \apart
        \first a3, a0, a1               # nor the second
        gap  \apart
        \second zero, a0, a1
        gap  \apart
        \first a2, a0, a1               # the second takes the place of an operand
        gap  \apart
        \second a1, a0, a1
        or   a0, a0, zero
        .endm
        .macro wide_mul apart
        wide mulh, mul, \apart
        .endm
        .macro wide_mulu apart
        wide mulhu, mul, \apart
        .endm
        .macro wide_mulsu apart
        wide mulhsu, mul, \apart
        .endm
        .macro wide_div apart
        wide div, rem, \apart
        .endm
        .macro wide_divu apart
        wide divu, remu, \apart
        .endm

        lui  s0, %hi(table)
        addi s0, s0, %lo(table)
        lui  s1, %hi(end)
        addi s1, s1, %lo(end)
next:   li   s2, 0
        both adc
        both sbb
        both adcs
        both adcs_other
        both adcs_overlap
        both sbbs
        both sbbs_overlap
        both add3a
        both add3a_one
        both add3b
        both add3c
        both wide_mul
        both wide_mulu
        both wide_mulsu
        both wide_div
        both wide_divu
        addi s2, zero, 0
        addi s0, s0, 32
        bne  s0, s1, next
fail:   addi a0, s2, 0
        li   a7, 93
        ecall
        .balign 8
table:
        .dword -1, 1, 1, 0
        .dword -1, -1, -1, -1
        .dword -1 << 63, -1 << 63, 1, 5
        .dword 0, 1, -1, 2
        .dword -1 << 63, -1, 0, 1
        .dword 7, 0, 3, -1
        .dword 0xfedcba9876543210, -3, 0x0123456789abcdef, 1
end:
