# The same to an address.
        li   t0, 7
        lui  t0, %hi(there)
        jalr ra, %lo(there)(t0)
        li   t0, 0
        j    end
there:  addi t1, t0, 0
end:    li   a7, 93
        ecall
