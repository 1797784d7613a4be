# Every instruction of 16 bits once; the registers at the end are the results.
        c.addi16sp sp, -64
        c.li   s0, -7               # x8
        c.mv   s1, s0
        c.addi s1, 31               # x9: 24
        c.lui  a1, 0xfffe0          # x11: -131072
        c.addiw a1, -1
        c.swsp a1, 4(sp)
        c.sdsp a1, 8(sp)
        c.lwsp a2, 8(sp)            # x12
        c.ldsp a3, 8(sp)            # x13
        c.addi4spn a4, sp, 8        # x14
        c.sub  a4, s1               # sp - 16
        c.sw   a1, 16(a4)           # sp
        c.sd   s0, 24(a4)           # sp + 8
        c.lw   a5, 16(a4)           # x15
        c.ld   a1, 24(a4)           # x11: -7
        c.mv   x16, a3
        c.slli x16, 40
        c.srli a3, 60
        c.srai a2, 3
        c.andi a5, -16
        c.xor  s1, a2
        c.or   a4, a5
        c.and  a4, s1
        c.subw a1, s1
        c.addw s0, a1
        c.mv   x18, s0
        c.add  x18, x16
        c.nop
        c.ebreak
        c.li   x19, 1
        c.j    1f
        c.li   x19, 2               # skipped, as are those below
1:      c.li   s0, 0
        c.beqz s0, 2f
        c.addi x19, 4
2:      c.beqz s1, 3f
        c.addi x19, 8
3:      c.bnez s1, 4f
        c.addi x19, 16
4:      c.bnez s0, 5f
        c.addi x19, 2
5:      lui    t0, %hi(6f)
        addi   t0, t0, %lo(6f)
        c.jalr t0                   # x1: the address of the next line
        c.j    7f
6:      c.jr   ra
7:      sub    ra, t0, ra           # 2, wherever the program lies
        c.addi16sp sp, 64
        c.li   a0, 0
        li     a7, 93
        ecall
