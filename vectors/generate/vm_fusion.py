"""Fusion: every pattern, each of its conditions broken alone, and what fused operations do, for `vm.py`."""

from vm_tools import BASE, EXIT, HEADERS, assemble, ckb_vm, elf, header, program

ADC = ["add a0, a0, a1", "sltu a1, a0, a1", "add a0, a0, a2", "sltu a2, a0, a2", "or a1, a1, a2"]
SBB = ["sub a1, a0, a1", "sltu a3, a0, a1", "sub a0, a1, a2", "sltu a2, a1, a0", "or a1, a2, a3"]


def adc(a, b, c):
    return [
        f"add {a}, {a}, {b}",
        f"sltu {b}, {a}, {b}",
        f"add {a}, {a}, {c}",
        f"sltu {c}, {a}, {c}",
        f"or {b}, {b}, {c}",
    ]


def sbb(a, b, c, d):
    return [
        f"sub {b}, {a}, {b}",
        f"sltu {d}, {a}, {b}",
        f"sub {a}, {b}, {c}",
        f"sltu {c}, {b}, {a}",
        f"or {b}, {c}, {d}",
    ]


def but(parts, n, part):
    return [*parts[:n], part, *parts[n + 1 :]]


# Id, rule, parts, name in version 1, name in version 2, why.
def carries():
    yield "adc", "VM-011", ADC, "adc", "adc", "all five instructions, although the first two are ADCS"
    yield (
        "adc-compressed",
        "VM-011",
        ["c.add a0, a1", ADC[1], "c.add a0, a2", ADC[3], "c.or a1, a2"],
        "adc",
        "adc",
        "three of the instructions have two bytes",
    )
    for n, part, id_, why in [
        (0, "add a0, a1, a0", "first-order", "the first add has its operands swapped"),
        (0, "add a3, a0, a1", "first-rd", "the first add writes another register"),
        (0, "add a0, a5, a1", "first-rs1", "the first add reads another rs1"),
        (1, "sltu a3, a0, a1", "second-rd", "the first sltu writes another register"),
        (1, "sltu a1, a1, a0", "second-order", "the first sltu has its operands swapped"),
        (1, "sltu a1, a5, a1", "second-rs1", "the first sltu reads another rs1"),
        (1, "sltu a1, a0, a5", "second-rs2", "the first sltu reads another rs2"),
        (1, "slt a1, a0, a1", "second-signed", "the comparison is signed: slt, not sltu"),
        (2, "add a0, a2, a0", "third-order", "the second add has its operands swapped"),
        (2, "add a3, a0, a2", "third-rd", "the second add writes another register"),
        (2, "add a0, a5, a2", "third-rs1", "the second add reads another rs1"),
        (3, "sltu a3, a0, a2", "fourth-rd", "the second sltu writes another register"),
        (3, "sltu a2, a2, a0", "fourth-order", "the second sltu has its operands swapped"),
        (3, "sltu a2, a5, a2", "fourth-rs1", "the second sltu reads another rs1"),
        (3, "sltu a2, a0, a1", "fourth-rs2", "the second sltu reads another rs2"),
        (4, "or a1, a2, a1", "fifth-order", "the or has its operands swapped"),
        (4, "or a1, a5, a2", "fifth-rs1", "the or reads another rs1"),
        (4, "or a1, a1, a5", "fifth-rs2", "the or reads another rs2"),
        (4, "or a2, a1, a2", "fifth-rd", "the or writes another register"),
        (4, "xor a1, a1, a2", "fifth-xor", "the last instruction is xor, not or"),
    ]:
        parts = but(ADC, n, part)
        v2 = "add" if id_ in ("first-rd", "first-rs1") or n == 1 and id_ != "second-rd" else "adcs"
        yield f"adc-{id_}", "VM-011", parts, "add", v2, why
    for id_, registers, v2 in [
        ("a-is-b", ("a0", "a0", "a2"), "add"), ("a-is-c", ("a0", "a1", "a0"), "adcs"), ("b-is-c", ("a0", "a1", "a1"), "adcs"),
        ("a-is-x0", ("x0", "a1", "a2"), "add"), ("b-is-x0", ("a0", "x0", "a2"), "adcs"), ("c-is-x0", ("a0", "a1", "x0"), "adcs"),
    ]:  # fmt: skip
        yield f"adc-{id_}", "VM-011", adc(*registers), "add", v2, f"register {id_.replace('-', ' ')}"
    yield (
        "sbb",
        "VM-012",
        SBB,
        "sbb",
        "sbb",
        "all five instructions; the first two are not SBBS, because the difference replaces the subtrahend",
    )
    yield (
        "sbb-foreign",
        "VM-012",
        but(SBB, 1, "sltu a3, a0, a5"),
        "sbb",
        "sbb",
        "the first sltu may compare with any register",
    )
    yield "sbb-foreign-x0", "VM-012", but(SBB, 1, "sltu a3, a0, x0"), "sbb", "sbb", "the first sltu compares with x0"
    for register, letter in (("a0", "a"), ("a2", "c"), ("a3", "d")):
        yield f"sbb-foreign-{letter}", "VM-012", but(SBB, 1, f"sltu a3, a0, {register}"), "sbb", "sbb", f"the first sltu compares with {letter}"
    for n, part, id_, why in [
        (0, "sub a1, a1, a0", "first-order", "the first sub has its operands swapped"),
        (0, "sub a1, a0, a5", "first-rs2", "the first sub reads another rs2"),
        (0, "sub a4, a0, a1", "first-rd", "the first sub writes another register"),
        (1, "sltu a3, a4, a1", "second-rs1", "the first sltu reads another rs1"),
        (1, "slt a3, a0, a1", "second-signed", "the comparison is signed: slt, not sltu"),
        (2, "sub a0, a2, a1", "third-order", "the second sub has its operands swapped"),
        (2, "sub a4, a1, a2", "third-rd", "the second sub writes another register"),
        (2, "sub a0, a5, a2", "third-rs1", "the second sub reads another rs1"),
        (3, "sltu a2, a0, a1", "fourth-order", "the second sltu has its operands swapped"),
        (3, "sltu a2, a5, a0", "fourth-rs1", "the second sltu reads another rs1"),
        (3, "sltu a2, a1, a5", "fourth-rs2", "the second sltu reads another rs2"),
        (3, "sltu a4, a1, a0", "fourth-rd", "the second sltu writes another register"),
        (4, "or a1, a3, a2", "fifth-order", "the or has its operands swapped"),
        (4, "or a1, a5, a3", "fifth-rs1", "the or reads another rs1"),
        (4, "or a1, a2, a5", "fifth-rs2", "the or reads another rs2"),
        (4, "or a2, a2, a3", "fifth-rd", "the or writes another register"),
        (4, "xor a1, a2, a3", "fifth-xor", "the last instruction is xor, not or"),
    ]:
        yield f"sbb-{id_}", "VM-012", but(SBB, n, part), "sub", "sbbs" if id_ == "first-rd" else "sub", why
    for n, (letter, _) in enumerate(pairs := [(x, y) for i, x in enumerate("abcd") for y in "abcd"[i + 1 :]]):
        x, y = pairs[n]
        own = {letter: f"a{k}" for k, letter in enumerate("abcd")}
        own[y] = own[x]
        yield f"sbb-{x}-is-{y}", "VM-012", sbb(*own.values()), "sub", "sub", f"register {x} is {y}"
    for k, letter in enumerate("abcd"):
        own = [f"a{n}" if n != k else "x0" for n in range(4)]
        yield f"sbb-{letter}-is-x0", "VM-012", sbb(*own), "sub", "sub", f"register {letter} is x0"


def wides():
    for first, second, name in [
        ("mulh", "mul", "wide_mul"), ("mulhu", "mul", "wide_mulu"), ("mulhsu", "mul", "wide_mulsu"), ("div", "rem", "wide_div"),
        ("divu", "remu", "wide_divu"),
    ]:  # fmt: skip

        def case(id_, one, two, fused, why, name=name, first=first, second=second):
            parts = [f"{first} {one}", f"{second} {two}"]
            return f"{name.replace('_', '-')}{id_}", "VM-013", parts, *[name if fused else first] * 2, why

        yield case("", "a2, a0, a1", "a3, a0, a1", True, "both instructions have the same operands")
        yield case("-first-x0", "x0, a0, a1", "a3, a0, a1", True, "the first result goes to x0")
        yield case("-second-x0", "a2, a0, a1", "x0, a0, a1", True, "the second result goes to x0")
        yield case("-operand-x0", "a2, x0, a0", "a3, x0, a0", True, "an operand is x0")
        yield case(
            "-second-is-rs1", "a2, a0, a1", "a0, a0, a1", True, "the second result replaces rs1"
        )
        yield case(
            "-second-is-rs2", "a2, a0, a1", "a1, a0, a1", True, "the second result replaces rs2"
        )
        yield case("-one-operand", "a2, a0, a0", "a3, a0, a0", True, "both operands are one register")
        yield case("-first-is-rs1", "a0, a0, a1", "a3, a0, a1", False, "the first result replaces rs1")
        yield case(
            "-first-is-rs2", "a1, a0, a1", "a3, a0, a1", False, "the first result replaces rs2"
        )
        yield case("-same-rd", "a2, a0, a1", "a2, a0, a1", False, "both results go to one register")
        yield case("-both-x0", "x0, a0, a1", "x0, a0, a1", False, "both results go to x0")
        yield case("-order", "a2, a0, a1", "a3, a1, a0", False, "the second instruction has its operands swapped")
        yield case("-other-rs2", "a2, a0, a1", "a3, a0, a4", False, "the second instruction reads another rs2")
        yield case("-other-rs1", "a2, a0, a1", "a3, a4, a1", False, "the second instruction reads another rs1")
    for one, two in [
        ("mul", "mulh"),
        ("rem", "div"),
        ("divw", "remw"),
        ("div", "remu"),
        ("divu", "rem"),
        ("mulh", "mulw"),
    ]:
        parts = [f"{one} a2, a0, a1", f"{two} a3, a0, a1"]
        yield f"no-{one}-{two}", "VM-013", parts, one, one, f"{one} and {two} are not a pair of the rule"


def immediates():
    load, far = "load_imm", "far_jump_{}"
    for id_, parts, v1, v2, why in [
        ("lui-addiw", "lui a0, 0x12345; addiw a0, a0, 0x678", load, load, "a 32-bit immediate"),
        (
            "lui-addiw-wraps",
            "lui a0, 0x80000; addiw a0, a0, -1",
            load,
            load,
            "the sum is below -2^31, which wraps around",
        ),
        ("lui-addiw-x0", "lui x0, 0x12345; addiw x0, x0, 1", load, load, "rd is x0"),
        ("lui-addiw-compressed", "c.lui a0, 5; c.addiw a0, -3", load, load, "both instructions have two bytes"),
        ("lui-addiw-rd", "lui a0, 0x12345; addiw a1, a0, 1", "lui", "lui", "the second instruction writes another register"),
        ("lui-addiw-rs1", "lui a0, 0x12345; addiw a0, a1, 1", "lui", "lui", "the second instruction reads another register"),
        ("lui-addi", "lui a0, 0x12345; addi a0, a0, 1", "lui", "lui", "the second instruction is addi, not addiw"),
    ]:
        yield id_, "VM-014", parts, v1, v2, why
    for id_, parts, v2, why in [
        ("auipc-addi", "auipc a0, 0x12345; addi a0, a0, 0x678", load, "a 32-bit address"),
        ("auipc-addi-x0", "auipc x0, 0; c.nop", load, "rd is x0, and the second instruction is c.nop"),
        ("auipc-addi-hint", "auipc x0, 0; .half 0x0081", load, "rd is x0, and the second instruction is a hint, which is a no-op"),
        ("auipc-addi-compressed", "auipc a0, 1; c.addi a0, 5", load, "the second instruction has two bytes"),
        ("auipc-addi-rd", "auipc a0, 1; addi a1, a0, 1", "auipc", "the second instruction writes another register"),
        ("auipc-addi-rs1", "auipc a0, 1; addi a0, a1, 1", "auipc", "the second instruction reads another register"),
        ("auipc-addiw", "auipc a0, 1; addiw a0, a0, 1", "auipc", "the second instruction is addiw, not addi"),
        ("auipc-addi-least", "auipc a0, 0x80000; addi a0, a0, 0", load, "the immediates sum to -2^31"),
        ("auipc-addi-below", "auipc a0, 0x80000; addi a0, a0, -1", "auipc", "the immediates sum to -2^31 - 1"),
        (
            "auipc-addi-greatest",
            "auipc a0, 0x7ffff; addi a0, a0, -1",
            load,
            "the immediates and the address 0x1000 sum to 2^31 - 1",
        ),
        (
            "auipc-addi-above",
            "auipc a0, 0x7ffff; addi a0, a0, 0",
            "auipc",
            "the immediates and the address 0x1000 sum to 2^31",
        ),
    ]:
        yield id_, "VM-016", parts, "auipc", v2, why
    for head, kind in (("auipc", "rel"), ("lui", "abs")):
        fused = far.format(kind)
        for id_, parts, v1, v2, why in [
            ("", "ra, 1; jalr ra, 4(ra)", fused, fused, "the register of the address is ra"),
            ("-compressed", "ra, 1; c.jalr ra", fused, fused, "the jump is c.jalr, which writes its link to ra too"),
            ("-t0", "t0, 1; jalr ra, 4(t0)", fused, head, "the register of the address is t0"),
            ("-x0", "x0, 1; jalr ra, 4(x0)", fused, head, "the register of the address is x0"),
            ("-rs1", "ra, 1; jalr ra, 4(t0)", head, head, "the jump reads another register than the first instruction writes"),
            ("-link", "ra, 1; jalr t0, 4(ra)", head, head, "the link goes to t0"),
            ("-no-link", "ra, 1; jalr x0, 4(ra)", head, head, "the link goes to x0"),
            ("-least", "ra, 0x80000; jalr ra, 0(ra)", fused, fused, "the immediates sum to -2^31"),
            (
                "-below",
                "ra, 0x80000; jalr ra, -1(ra)",
                fused,
                head if kind == "rel" else fused,
                "the immediates sum to -2^31 - 1",
            ),
        ]:
            yield fused.replace("_", "-") + id_, "VM-015", f"{head} {parts}", v1, v2, why


def sums():
    for id_, parts, v2, why in [
        ("adcs", "add a0, a1, a2; sltu a3, a0, a1", "adcs", "a sum and its carry"),
        (
            "adcs-swapped",
            "add a0, a0, a1; sltu a3, a0, a1",
            "adcs",
            "the sum replaces the first addend and is compared with the second",
        ),
        ("adcs-replaced", "add a0, a1, a0; sltu a3, a0, a1", "adcs", "the sum replaces the second addend"),
        ("adcs-mv", "c.mv a0, a2; sltu a3, a0, x0", "adcs", "the first instruction is c.mv, which is add with x0"),
        ("adcs-compressed", "c.add a0, a1; sltu a3, a0, a1", "adcs", "the first instruction is c.add"),
        ("adcs-rd-is-x0", "add a0, a1, a2; sltu x0, a0, a1", "adcs", "the carry goes to x0"),
        ("adcs-rd-is-sum", "add a0, a1, a2; sltu a0, a0, a1", "adcs", "the carry replaces the sum"),
        ("adcs-rd-is-rs1", "add a0, a1, a2; sltu a1, a0, a1", "adcs", "the carry replaces the first addend"),
        ("adcs-rd-is-rs2", "add a0, a1, a2; sltu a2, a0, a1", "adcs", "the carry replaces the second addend"),
        ("adcs-rs2", "add a0, a1, a2; sltu a3, a0, a2", "add", "the sum is compared with the second addend"),
        ("adcs-rs1", "add a0, a1, a2; sltu a3, a4, a1", "add", "sltu reads another rs1"),
        ("adcs-twice", "add a0, a0, a0; sltu a3, a0, a0", "add", "all operands of the sum are one register"),
        (
            "adcs-itself",
            "add a0, a0, a1; sltu a3, a0, a0",
            "add",
            "the sum is compared with itself",
        ),
        ("adcs-x0", "add x0, a1, a2; sltu a3, x0, a1", "add", "the sum goes to x0"),
        ("adcs-order", "add a0, a1, a2; sltu a3, a1, a0", "add", "sltu has its operands swapped"),
        ("adcs-signed", "add a0, a1, a2; slt a3, a0, a1", "add", "the comparison is signed: slt, not sltu"),
        ("adcs-immediate", "addi a0, a1, 5; sltu a3, a0, a1", "addi", "the first instruction is addi, not add"),
    ]:
        yield id_, "VM-017", parts, "addi" if v2 == "addi" else "add", v2, why
    for id_, parts, v2, why in [
        ("sbbs", "sub a0, a1, a2; sltu a3, a1, a2", "sbbs", "a difference and its borrow"),
        ("sbbs-x0", "sub x0, a1, a2; sltu a3, a1, a2", "sbbs", "the difference goes to x0"),
        ("sbbs-rd-is-x0", "sub a0, a1, a2; sltu x0, a1, a2", "sbbs", "the borrow goes to x0"),
        ("sbbs-rd-is-difference", "sub a0, a1, a2; sltu a0, a1, a2", "sbbs", "the borrow replaces the difference"),
        ("sbbs-rd-is-rs1", "sub a0, a1, a2; sltu a1, a1, a2", "sbbs", "the borrow replaces the first operand"),
        ("sbbs-rd-is-rs2", "sub a0, a1, a2; sltu a2, a1, a2", "sbbs", "the borrow replaces the second operand"),
        ("sbbs-zero", "sub a0, a1, a1; sltu a3, a1, a1", "sbbs", "both operands are one register"),
        ("sbbs-rs1", "sub a1, a1, a2; sltu a3, a1, a2", "sub", "the difference replaces the first operand"),
        ("sbbs-rs2", "sub a2, a1, a2; sltu a3, a1, a2", "sub", "the difference replaces the second operand"),
        ("sbbs-order", "sub a0, a1, a2; sltu a3, a2, a1", "sub", "sltu has its operands swapped"),
        ("sbbs-other", "sub a0, a1, a2; sltu a3, a1, a4", "sub", "sltu reads another rs2"),
        ("sbbs-another", "sub a0, a1, a2; sltu a3, a4, a2", "sub", "sltu reads another rs1"),
    ]:
        yield id_, "VM-018", parts, "sub", v2, why
    for id_, parts, v2, why in [
        ("add3a", "add a0, a1, a0; sltu a2, a0, a1; add a3, a2, a4", "add3a", "a sum, its carry, and the carry added to a fourth register"),
        ("add3a-before-b", "add a0, a1, a0; sltu a1, a0, a1; add a3, a1, a4", "add3a", "ADD3B matches too, but comes later"),
        ("add3a-before-c", "add a0, a1, a0; sltu a2, a0, a1; add a2, a2, a4", "add3a", "ADD3C matches too, but comes later"),
        (
            "add3a-carry-is-sum",
            "add a0, a1, a0; sltu a0, a0, a1; add a3, a0, a4",
            "add3a",
            "the carry replaces the sum",
        ),
        ("add3a-x0", "add a0, x0, a0; sltu a2, a0, x0; add x0, a2, x0", "add3a", "x0 wherever the rule allows it"),
        ("add3a-compressed", "c.mv a0, a0; sltu a2, a0, x0; c.add a2, a4", "add3a", "the two adds are c.mv and c.add"),
        ("add3a-r4-is-sum", "add a0, a1, a0; sltu a2, a0, a1; add a3, a2, a0", "adcs", "the last addend is the sum"),
        (
            "add3a-r4-is-carry",
            "add a0, a1, a0; sltu a2, a0, a1; add a3, a2, a2",
            "adcs",
            "the last addend is the carry",
        ),
        ("add3a-carry-rs1", "add a0, a1, a0; sltu a2, a5, a1; add a3, a2, a4", "add", "sltu reads another rs1"),
        ("add3a-carry-rs2", "add a0, a1, a0; sltu a2, a0, a5; add a3, a2, a4", "add", "sltu reads another rs2"),
        ("add3a-carry-x0", "add a0, a1, a0; sltu x0, a0, a1; add a3, x0, a4", "adcs", "the carry goes to x0"),
        ("add3a-sum-x0", "add x0, a1, x0; sltu a2, x0, a1; add a3, a2, a4", "add", "the sum goes to x0"),
        (
            "add3a-order",
            "add a0, a1, a0; sltu a2, a0, a1; add a3, a4, a2",
            "adcs",
            "the last add has its operands swapped",
        ),
        ("add3a-twice", "add a0, a0, a0; sltu a2, a0, a0; add a3, a2, a4", "add", "all operands of the first add are one register"),
        (
            "add3a-swapped",
            "add a0, a0, a1; sltu a2, a0, a1; add a3, a2, a4",
            "adcs",
            "the sum replaces the first addend",
        ),
        ("add3b", "add a0, a1, a2; sltu a1, a0, a1; add a3, a1, a4", "add3b", "the carry replaces the first addend"),
        ("add3b-before-c", "add a0, a1, a2; sltu a1, a0, a1; add a1, a1, a4", "add3b", "ADD3C matches too, but comes later"),
        ("add3b-r4-is-sum", "add a0, a1, a2; sltu a1, a0, a1; add a3, a1, a0", "adcs", "the last addend is the sum"),
        (
            "add3b-r4-is-carry",
            "add a0, a1, a2; sltu a1, a0, a1; add a3, a1, a1",
            "adcs",
            "the last addend is the carry",
        ),
        ("add3b-r4-x0", "add a0, a1, a2; sltu a1, a0, a1; add a3, a1, x0", "add3b", "the last addend is x0"),
        ("add3b-carry-rd", "add a0, a1, a2; sltu a3, a0, a1; add a5, a1, a4", "adcs", "sltu writes another register"),
        ("add3b-carry-rs1", "add a0, a1, a2; sltu a1, a5, a1; add a3, a1, a4", "add", "sltu reads another rs1"),
        ("add3b-carry-rs2", "add a0, a1, a2; sltu a1, a0, a5; add a3, a1, a4", "add", "sltu reads another rs2"),
        ("add3b-x0", "add a0, x0, a2; sltu x0, a0, x0; add a3, x0, a4", "adcs", "the first addend and the carry are x0"),
        ("add3b-sum-x0", "add x0, a1, a2; sltu a1, x0, a1; add a3, a1, a4", "add", "the sum goes to x0"),
        (
            "add3b-order",
            "add a0, a1, a2; sltu a1, a0, a1; add a3, a4, a1",
            "adcs",
            "the last add has its operands swapped",
        ),
        ("add3c", "add a0, a1, a2; sltu a3, a0, a1; add a3, a3, a4", "add3c", "the last sum replaces the carry"),
        ("add3c-carry-is-sum", "add a0, a1, a2; sltu a0, a0, a1; add a0, a0, a4", "add3c", "both sums and the carry go to one register"),
        ("add3c-compressed", "c.mv a0, a2; sltu a3, a0, x0; c.add a3, a4", "add3c", "the two adds are c.mv and c.add"),
        ("add3c-rd", "add a0, a1, a2; sltu a3, a0, a1; add a5, a3, a4", "adcs", "the last add writes another register"),
        ("add3c-r4-x0", "add a0, a1, a2; sltu a3, a0, a1; add a3, a3, x0", "add3c", "the last addend is x0"),
        ("add3c-carry-rs1", "add a0, a1, a2; sltu a3, a5, a1; add a3, a3, a4", "add", "sltu reads another rs1"),
        ("add3c-carry-rs2", "add a0, a1, a2; sltu a3, a0, a5; add a3, a3, a4", "add", "sltu reads another rs2"),
        ("add3c-addend", "add a0, a1, a2; sltu a3, a0, a1; add a3, a5, a4", "adcs", "the last add reads another rs1"),
        ("add3c-r4-is-sum", "add a0, a1, a2; sltu a3, a0, a1; add a3, a3, a0", "adcs", "the last addend is the sum"),
        (
            "add3c-r4-is-carry",
            "add a0, a1, a2; sltu a3, a0, a1; add a3, a3, a3",
            "adcs",
            "the last addend is the carry",
        ),
        ("add3c-x0", "add a0, a1, a2; sltu x0, a0, a1; add x0, x0, a4", "adcs", "the carry goes to x0"),
        ("add3c-sum-x0", "add x0, a1, a2; sltu a3, x0, a1; add a3, a3, a4", "add", "the sum goes to x0"),
    ]:
        yield id_, "VM-019", parts, "add", v2, why


NOTES = {
    "too-eager": {"bug": "fusion", "effect": "a sequence fused although a condition does not hold"},
    "not-fused": {"bug": "fusion", "effect": "a sequence not fused although all conditions hold, which costs more cycles"},
    "other-version": {"bug": "fusion", "effect": "a sequence fused by the rules of another version"},
    "order": {"bug": "fusion", "effect": "the shorter or the later of two matching sequences fused"},
}


def decode_topic(files, Topic):
    comment = [
        "Each rule of fusion: a sequence that fuses, and each condition broken alone.",
        "A sequence that does not fuse decodes to its first instruction, with the cost of that alone.",
    ]
    t = Topic(files, "decode-fusion", "Which sequences are fused", "vm.decode", comment, over=(1, 2), notes=NOTES)
    for source in (carries, wides, immediates, sums):
        for id_, rule, parts, v1, v2, why in source():
            text = parts if isinstance(parts, str) else "; ".join(parts)
            plain = v1 == v2 and v1 not in FUSED_NAMES
            flag = "other-version" if v1 != v2 else "too-eager" if plain else "not-fused"
            if "before" in id_ or id_ == "adc":
                flag = "order"
            said = f"{verdict(id_, v1, v2)}: {why}"
            said += f" ({text})" if len(said) + len(text) < 100 else ""
            more = {}
            if id_ == "adc":
                own = {0: {"rules": ["VM-010"], "flags": ["other-version"]}}
                said, more = [said, "version 0 fuses nothing"], dict(over=(0, 1, 2), own=own)
            t.decode(f"fuse-{id_}", said, ["VM-010", rule], text, expect={0: "add", 1: v1, 2: v2}, flags=[flag], **more)
    whole, cut = assemble("; ".join(ADC), 0x1FF0), assemble("; ".join(ADC[:4]), 0x1FF0)
    t.decode("fuse-across-pages", "the sequence continues in the next page", ["VM-010", "VM-011"], whole, 0x1FF0,
             expect="adc", flags=["not-fused"])  # fmt: skip
    t.decode("fuse-cut-by-page", "the fifth instruction lies in a page that is not executable", ["VM-010", "VM-011"], cut, 0x1FF0,
             expect={1: "add", 2: "adcs"}, flags=["other-version"])  # fmt: skip
    half = assemble("lui a0, 1; addiw a0, a0, 1", 0x1FFA)
    t.decode("fuse-half-across-pages", "the second instruction lies in two pages", ["VM-010", "VM-014"], half, 0x1FFA,
             expect="load_imm", flags=["not-fused"])  # fmt: skip
    t.decode("fuse-half-cut-by-page", "the second half of the second instruction lies in a page that is not executable", ["VM-010", "VM-014"], half[:6], 0x1FFA,
             expect="lui", flags=["too-eager"])  # fmt: skip
    t.decode("fuse-illegal-follows", "the second instruction is illegal", ["VM-010", "VM-014"],
             assemble("lui a0, 1; .word -1", 0x1000), expect="lui", flags=["too-eager"])  # fmt: skip
    t.write()


FUSED_NAMES = {
    "adc",
    "sbb",
    "load_imm",
    "wide_mul",
    "wide_mulu",
    "wide_mulsu",
    "wide_div",
    "wide_divu",
    "far_jump_rel",
    "far_jump_abs",
}


def verdict(id_, v1, v2):
    """What becomes of a sequence in versions 1 and 2, and what it is not where it is close to a longer pattern."""
    if v1 == v2:
        return f"fused to {v1}" if v1 in FUSED_NAMES else "not fused"
    if v1 in FUSED_NAMES:
        return f"fused to {v1} in version 1 only"
    pattern = id_.split("-")[0]
    instead = f", not {pattern}," if pattern in ("adc", "sbb", "add3a", "add3b", "add3c") and pattern != v2 else ""
    return f"fused to {v2}{instead} in version 2"


def run_topic(files, Topic):
    comment = ["What fused operations compute and cost in programs."]
    t = Topic(files, "fusion", "Fused operations", "vm.run", comment, notes={
        "x0-written": {"bug": "register", "effect": "a fused operation that writes x0", "see": ckb_vm(204, 403)},
        "one-result": {"bug": "fusion", "effect": "two multiplications or divisions fused although both results go to one register, for half the cycles, as in early ckb-vm"},
        "wraps": {"bug": "overflow", "effect": "a sum of both immediates that crashes the decoder, or is not sign-extended", "see": ckb_vm(173)},
        "entered": {"bug": "cache", "effect": "a jump into a fused sequence that runs the whole sequence, or its cached trace"},
        "as-written": {"bug": "fusion", "effect": "a fused operation that computes what RISC-V says, where the rule says something else"},
        "beyond-31-bits": {"bug": "width", "effect": "an address of 2^31 or more truncated, after the first instruction or as the sum"},
        "odd-target": {"bug": "fusion", "effect": "the lowest bit of a far jump's target not cleared"},
        "length": {"bug": "fusion", "effect": "every instruction of a fused sequence taken to be four bytes long"},
    })  # fmt: skip
    assert BASE == 0x10000
    rules = ["VM-010", "VM-011", "VM-012", "VM-013", "VM-017", "VM-018", "VM-019", "VM-050"]
    t.run(
        "run-fused",
        "each sequence runs fused and unfused, on operands that carry, borrow and overflow",
        rules,
        t.assembled("fused"),
        expect=0,
        rev=2,
    )
    pairs = [("mulh", "mul"), ("mulhu", "mul"), ("mulhsu", "mul"), ("div", "rem"), ("divu", "remu")]
    text = "; ".join(f"{first} a{n}, a0, a1; {second} a{n}, a0, a1" for n, (first, second) in enumerate(pairs, 2))
    t.run("run-one-result", "multiplications and divisions do not fuse if both results go to one register",
          ["VM-010", "VM-013"], program(f"li a0, -7; li a1, 3; {text}; {EXIT}"), expect=0,
          flags=["one-result"])  # fmt: skip
    t.run(
        "run-fused-x0",
        "each sequence that can write x0: the next instruction still reads x0 as zero",
        ["VM-001", "VM-013", "VM-014", "VM-016", "VM-017", "VM-018", "VM-019"],
        t.assembled("fused-x0"),
        expect=0,
        flags=["x0-written"],
    )
    t.run(
        "run-load-immediates",
        "sums of immediates at the ends of 32 bits, and with rd = x0",
        ["VM-014", "VM-016"],
        t.assembled("load-immediates"),
        expect=0,
        flags=["wraps", "x0-written"],
    )
    t.run(
        "run-middle",
        "jumps to the second instruction of sequences that fuse",
        ["VM-010"],
        t.assembled("middle"),
        expect=0,
        flags=["entered"],
    )
    t.run("run-sbb-foreign", ["SBB ignores which register the first comparison reads, so the result differs from RISC-V", "version 0 does not fuse, and computes what RISC-V says"], ["VM-012"],
          t.assembled("sbb-foreign"), state=True, expect={0: 1, 1: 0, 2: 0}, flags=["as-written"])  # fmt: skip
    why = ["a far jump through t0 is not fused, and writes t0", "version 1 fuses a far jump through t0, which keeps its value"]
    for name in ("far-relative", "far-absolute"):
        t.run(f"run-{name}", [why[0], why[1]], ["VM-015"], t.assembled(name), state=True, expect=0, flags=["as-written"])
    other = "without fusion a jump through x0 goes to address {}, which is not executable"
    near = program(f"auipc x0, 0; jalr ra, 12(x0); ecall; {EXIT}")
    t.run(
        "run-far-relative-x0",
        ["version 1 fuses a far jump through x0, to 12 bytes after auipc", other.format(12)],
        ["VM-015"],
        near,
        expect={0: "VM-003", 1: 0, 2: "VM-003"},
        flags=["as-written"],
    )
    near = program(f"lui x0, %hi(1f); jalr ra, %lo(1f)(x0); ecall; 1: {EXIT}")
    t.run(
        "run-far-absolute-x0",
        ["version 1 fuses a far jump through x0, to an address above 2047", other.format(132)],
        ["VM-015"],
        near,
        expect={0: "VM-003", 1: 0, 2: "VM-003"},
        flags=["as-written"],
    )
    low = assemble(EXIT, 0x7FE)
    far = lambda text: elf([header(size=8, offset=176), header(offset=184, address=0x7FE, size=len(low))], assemble(text) + low, BASE)
    base = t.run("run-far-relative-below", "a far jump back to 7fe", ["VM-015"], far("auipc ra, 0xffff0; jalr ra, 2046(ra)"), over=(1, 2), expect=0)
    t.run("run-far-relative-above", "a far jump to 8000f7fe, beyond memory; the second immediate alone would lead to 7fe", ["VM-002"],
          far("auipc ra, 0x7ffff; jalr ra, 2047(ra)"), over=(1, 2), twin=base, expect="VM-002", flags=["beyond-31-bits"])  # fmt: skip
    code = assemble("auipc a0, 0x7ffff; addi a0, a0, -1; li a7, 93; ecall", 0x1000)
    t.run("run-load-immediate-greatest", "auipc gives 80000000, and the sum with the second immediate is 7fffffff", ["VM-016"],
          elf([header(offset=HEADERS, address=0x1000, size=len(code))], code, 0x1000), state=True, expect=255, flags=["beyond-31-bits"])  # fmt: skip
    for name, first in (("relative", "auipc ra, 0"), ("absolute", "lui ra, %hi(1f)")):
        low = 13 if name == "relative" else "%lo(1f+1)"
        t.run(f"run-far-{name}-odd", "a far jump to an odd sum clears its lowest bit", ["VM-015"],
              program(f"{first}; jalr ra, {low}(ra); ecall; 1: {EXIT}"), over=(1, 2), expect=0, flags=["odd-target"])  # fmt: skip
    back = assemble("lui t0, 0x10; sub a0, ra, t0; addi a0, a0, -26; li a7, 93; ecall; lui ra, 0x10; c.jalr ra", BASE)
    t.run("run-far-compressed", "the link of a far jump with c.jalr; a0 is its distance from the right one", ["VM-015"],
          elf([header(offset=HEADERS, size=len(back))], back, BASE + 20), over=(1, 2), expect=0, flags=["length"])  # fmt: skip
    t.write()


def topic(files, Topic):
    decode_topic(files, Topic)
    run_topic(files, Topic)
