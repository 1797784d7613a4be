# Every register has a value of its own, and keeps it through calculations, memory, jumps and divisions.
        li   x1, 97
        li   x3, 291
        li   x4, 388
        li   x5, 485
        li   x6, 582
        li   x7, 679
        li   x8, 776
        li   x9, 873
        li   x11, 1067
        li   x12, 1164
        li   x13, 1261
        li   x14, 1358
        li   x15, 1455
        li   x16, 1552
        li   x18, 1746
        li   x19, 1843
        li   x20, 1940
        li   x21, 2037
        li   x22, 2134
        li   x23, 2231
        li   x24, 2328
        li   x25, 2425
        li   x26, 2522
        li   x27, 2619
        li   x28, 2716
        li   x29, 2813
        li   x30, 2910
        li   x31, 3007
        sd   x18, -8(sp)
        ld   x18, -8(sp)
        mulhu x28, x27, x26
        divu x29, x31, x30
        sll  x9, x9, x8
        jal  x5, 1f
1:      bltu x5, x6, 2f
        sltu x7, x6, x5
2:      li   x17, 93
        ecall
