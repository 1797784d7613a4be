# Around a program on spike: pages as the virtual machine has them, `ecall` that ends, and a report
# through `tohost`, which spike prints. A report is 0x1000 + exit code, 0x2000 + cause of a trap, or
# 0x3008 for a call of another number. spike.py writes `entry` and `stack`, 8 bytes from the start,
# and puts the tables into the next page.
        .option norelax
        .globl _start, tohost, fromhost
_start: j 1f
        .balign 8
entry:  .dword 0
stack:  .dword 0
1:      la t0, trapped
        csrw mtvec, t0
        # All memory is open below the pages: one region of everything.
        li t0, -1
        csrw pmpaddr0, t0
        li t0, 0x1f
        csrw pmpcfg0, t0
        # Sv39, with the tables below.
        la t0, _start + 4096
        srli t0, t0, 12
        li t1, 8 << 60
        or t0, t0, t1
        csrw satp, t0
        sfence.vma
        # To the program, in user mode, with all registers zero but the stack pointer.
        csrw mstatus, zero
        ld t0, entry
        csrw mepc, t0
        ld sp, stack
        .irp r, x1, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, x13, x14, x15, x16, x17, x18, x19, x20, x21, x22, x23, x24, x25, x26, x27, x28, x29, x30, x31
        li \r, 0
        .endr
        mret

        .balign 4
trapped: csrr t0, mcause
        li t1, 8
        bne t0, t1, other
        li t1, 93
        bne a7, t1, call
        andi a0, a0, 0xff
        li t1, 0x1000
        add a0, a0, t1
        j report
call:   li t1, 0x3000
        add a0, t0, t1
        j report
other:  li t1, 0x2000
        add a0, t0, t1
report: slli a0, a0, 1
        ori a0, a0, 1
        la t0, tohost
        sd a0, 0(t0)
1:      j 1b

        .balign 64
tohost: .dword 0
        .balign 64
fromhost: .dword 0
