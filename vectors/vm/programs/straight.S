# 1,500 times rorw without a jump: wherever a machine ends its blocks, one is the last. As 1,500 is no power of two,
# those that are lost turn the word by what can be seen.
        addi a1, zero, 7
        lui  a2, 0x80000                # turned by 7 times 1,500, which is 4 beyond whole turns
        .rept 1500
        rorw a2, a2, a1
        .endr
        lui  a3, 0x08000
        sub  a0, a2, a3
        sltu a0, zero, a0               # 1 where they are not the same
        li   a7, 93
        ecall
