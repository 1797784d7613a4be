"""Fusion: every pattern, each of its conditions broken alone, and what fused operations do, for `vm.py`."""

from vm_tools import BASE, EXIT, HEADERS, PROGRAMS, assemble, ckb_vm, elf, header, program

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


# Id, rule, parts, name in version 1, name in version 2, why; an empty why shows the parts alone.
def carries():
    yield "adc", "VM-011", ADC, "adc", "adc", "all five, before the shorter sums that begin alike"
    yield (
        "adc-compressed",
        "VM-011",
        ["c.add a0, a1", ADC[1], "c.add a0, a2", ADC[3], "c.or a1, a2"],
        "adc",
        "adc",
        "parts of two bytes",
    )
    for n, part, id_, why in [
        (0, "add a0, a1, a0", "first-order", "the first addends in the other order"),
        (0, "add a3, a0, a1", "first-rd", "the sum goes elsewhere"),
        (0, "add a0, a5, a1", "first-rs1", "the first sum is of another"),
        (1, "sltu a3, a0, a1", "second-rd", "the first carry goes elsewhere"),
        (1, "sltu a1, a1, a0", "second-order", "the first comparison turned round"),
        (1, "sltu a1, a5, a1", "second-rs1", "the first comparison of another"),
        (1, "sltu a1, a0, a5", "second-rs2", "the first comparison with another"),
        (1, "slt a1, a0, a1", "second-signed", "a comparison of signed numbers"),
        (2, "add a0, a2, a0", "third-order", "the second addends in the other order"),
        (2, "add a3, a0, a2", "third-rd", "the second sum goes elsewhere"),
        (2, "add a0, a5, a2", "third-rs1", "the second sum is of another"),
        (3, "sltu a3, a0, a2", "fourth-rd", "the second carry goes elsewhere"),
        (3, "sltu a2, a2, a0", "fourth-order", "the second comparison turned round"),
        (3, "sltu a2, a5, a2", "fourth-rs1", "the second comparison of another"),
        (3, "sltu a2, a0, a1", "fourth-rs2", "the second comparison with another"),
        (4, "or a1, a2, a1", "fifth-order", "the carries in the other order"),
        (4, "or a1, a5, a2", "fifth-rs1", "another in the place of the first carry"),
        (4, "or a1, a1, a5", "fifth-rs2", "another in the place of the second carry"),
        (4, "or a2, a1, a2", "fifth-rd", "the joined carry goes elsewhere"),
        (4, "xor a1, a1, a2", "fifth-xor", "carries joined otherwise"),
    ]:
        parts = but(ADC, n, part)
        v2 = "add" if id_ in ("first-rd", "first-rs1") or n == 1 and id_ != "second-rd" else "adcs"
        yield f"adc-{id_}", "VM-011", parts, "add", v2, why
    for id_, registers, v2 in [
        ("a-is-b", ("a0", "a0", "a2"), "add"), ("a-is-c", ("a0", "a1", "a0"), "adcs"), ("b-is-c", ("a0", "a1", "a1"), "adcs"),
        ("a-is-x0", ("x0", "a1", "a2"), "add"), ("b-is-x0", ("a0", "x0", "a2"), "adcs"), ("c-is-x0", ("a0", "a1", "x0"), "adcs"),
    ]:  # fmt: skip
        yield f"adc-{id_}", "VM-011", adc(*registers), "add", v2, f"add with carry where {id_.replace('-', ' ')}"
    yield (
        "sbb",
        "VM-012",
        SBB,
        "sbb",
        "sbb",
        "all five; the first subtrahend is where the difference goes, so SBBS is out of question",
    )
    yield (
        "sbb-foreign",
        "VM-012",
        but(SBB, 1, "sltu a3, a0, a5"),
        "sbb",
        "sbb",
        "the first comparison with another: it is not looked at",
    )
    yield "sbb-foreign-x0", "VM-012", but(SBB, 1, "sltu a3, a0, x0"), "sbb", "sbb", "the first comparison with x0"
    for register, letter in (("a0", "a"), ("a2", "c"), ("a3", "d")):
        yield f"sbb-foreign-{letter}", "VM-012", but(SBB, 1, f"sltu a3, a0, {register}"), "sbb", "sbb", f"the first comparison with {letter}"
    for n, part, id_, why in [
        (0, "sub a1, a1, a0", "first-order", "the first difference turned round"),
        (0, "sub a1, a0, a5", "first-rs2", "another is subtracted first"),
        (0, "sub a4, a0, a1", "first-rd", "the difference goes elsewhere; the first two are SBBS"),
        (1, "sltu a3, a4, a1", "second-rs1", "the first comparison of another"),
        (1, "slt a3, a0, a1", "second-signed", "a comparison of signed numbers"),
        (2, "sub a0, a2, a1", "third-order", "the second difference turned round"),
        (2, "sub a4, a1, a2", "third-rd", "the second difference goes elsewhere"),
        (2, "sub a0, a5, a2", "third-rs1", "the second difference is of another"),
        (3, "sltu a2, a0, a1", "fourth-order", "the second comparison turned round"),
        (3, "sltu a2, a5, a0", "fourth-rs1", "the second comparison of another"),
        (3, "sltu a2, a1, a5", "fourth-rs2", "the second comparison with another"),
        (3, "sltu a4, a1, a0", "fourth-rd", "the second borrow goes elsewhere"),
        (4, "or a1, a3, a2", "fifth-order", "the borrows in the other order"),
        (4, "or a1, a5, a3", "fifth-rs1", "another in the place of the second borrow"),
        (4, "or a1, a2, a5", "fifth-rs2", "another in the place of the first borrow"),
        (4, "or a2, a2, a3", "fifth-rd", "the joined borrow goes elsewhere"),
        (4, "xor a1, a2, a3", "fifth-xor", "borrows joined otherwise"),
    ]:
        yield f"sbb-{id_}", "VM-012", but(SBB, n, part), "sub", "sbbs" if id_ == "first-rd" else "sub", why
    for n, (letter, _) in enumerate(pairs := [(x, y) for i, x in enumerate("abcd") for y in "abcd"[i + 1 :]]):
        x, y = pairs[n]
        own = {letter: f"a{k}" for k, letter in enumerate("abcd")}
        own[y] = own[x]
        yield f"sbb-{x}-is-{y}", "VM-012", sbb(*own.values()), "sub", "sub", f"subtract with borrow where {x} is {y}"
    for k, letter in enumerate("abcd"):
        own = [f"a{n}" if n != k else "x0" for n in range(4)]
        yield f"sbb-{letter}-is-x0", "VM-012", sbb(*own), "sub", "sub", f"subtract with borrow where {letter} is x0"


def wides():
    for first, second, name in [
        ("mulh", "mul", "wide_mul"), ("mulhu", "mul", "wide_mulu"), ("mulhsu", "mul", "wide_mulsu"), ("div", "rem", "wide_div"),
        ("divu", "remu", "wide_divu"),
    ]:  # fmt: skip

        def case(id_, one, two, fused, why, name=name, first=first, second=second):
            parts = [f"{first} {one}", f"{second} {two}"]
            return f"{name.replace('_', '-')}{id_}", "VM-013", parts, *[name if fused else first] * 2, why

        yield case("", "a2, a0, a1", "a3, a0, a1", True, "both results of the same operands")
        yield case("-first-x0", "x0, a0, a1", "a3, a0, a1", True, "the first result to x0")
        yield case("-second-x0", "a2, a0, a1", "x0, a0, a1", True, "the second result to x0")
        yield case("-operand-x0", "a2, x0, a0", "a3, x0, a0", True, "x0 as an operand")
        yield case(
            "-second-is-rs1", "a2, a0, a1", "a0, a0, a1", True, "the second result takes the place of an operand"
        )
        yield case(
            "-second-is-rs2", "a2, a0, a1", "a1, a0, a1", True, "the second result takes the place of the other operand"
        )
        yield case("-one-operand", "a2, a0, a0", "a3, a0, a0", True, "a square")
        yield case("-first-is-rs1", "a0, a0, a1", "a3, a0, a1", False, "the first result takes the place of an operand")
        yield case(
            "-first-is-rs2", "a1, a0, a1", "a3, a0, a1", False, "the first result takes the place of the other operand"
        )
        yield case("-same-rd", "a2, a0, a1", "a2, a0, a1", False, "both results to one register")
        yield case("-both-x0", "x0, a0, a1", "x0, a0, a1", False, "both results to x0, which is one register")
        yield case("-order", "a2, a0, a1", "a3, a1, a0", False, "operands in the other order")
        yield case("-other-rs2", "a2, a0, a1", "a3, a0, a4", False, "another second operand")
        yield case("-other-rs1", "a2, a0, a1", "a3, a4, a1", False, "another first operand")
    for one, two in [
        ("mul", "mulh"),
        ("rem", "div"),
        ("divw", "remw"),
        ("div", "remu"),
        ("divu", "rem"),
        ("mulh", "mulw"),
    ]:
        parts = [f"{one} a2, a0, a1", f"{two} a3, a0, a1"]
        yield f"no-{one}-{two}", "VM-013", parts, one, one, f"{one} and {two} are no pair"


def immediates():
    load, far = "load_imm", "far_jump_{}"
    for id_, parts, v1, v2, why in [
        ("lui-addiw", "lui a0, 0x12345; addiw a0, a0, 0x678", load, load, "an immediate of 32 bits"),
        (
            "lui-addiw-wraps",
            "lui a0, 0x80000; addiw a0, a0, -1",
            load,
            load,
            "the sum leaves 32 bits, and fuses all the same",
        ),
        ("lui-addiw-x0", "lui x0, 0x12345; addiw x0, x0, 1", load, load, "to x0"),
        ("lui-addiw-compressed", "c.lui a0, 5; c.addiw a0, -3", load, load, "both parts of two bytes"),
        ("lui-addiw-rd", "lui a0, 0x12345; addiw a1, a0, 1", "lui", "lui", "the sum goes elsewhere"),
        ("lui-addiw-rs1", "lui a0, 0x12345; addiw a0, a1, 1", "lui", "lui", "the addend is another"),
        ("lui-addi", "lui a0, 0x12345; addi a0, a0, 1", "lui", "lui", "addi is not addiw"),
    ]:
        yield id_, "VM-014", parts, v1, v2, why
    for id_, parts, v2, why in [
        ("auipc-addi", "auipc a0, 0x12345; addi a0, a0, 0x678", load, "an address, in version 2"),
        ("auipc-addi-x0", "auipc x0, 0; c.nop", load, "x0 and a no-op are a pair"),
        ("auipc-addi-hint", "auipc x0, 0; .half 0x0081", load, "and x0 and a hint"),
        ("auipc-addi-compressed", "auipc a0, 1; c.addi a0, 5", load, "the second part of two bytes"),
        ("auipc-addi-rd", "auipc a0, 1; addi a1, a0, 1", "auipc", "the sum goes elsewhere"),
        ("auipc-addi-rs1", "auipc a0, 1; addi a0, a1, 1", "auipc", "the addend is another"),
        ("auipc-addiw", "auipc a0, 1; addiw a0, a0, 1", "auipc", "addiw is not addi"),
        ("auipc-addi-least", "auipc a0, 0x80000; addi a0, a0, 0", load, "the least sum of both immediates"),
        ("auipc-addi-below", "auipc a0, 0x80000; addi a0, a0, -1", "auipc", "one less: it leaves 32 bits"),
        (
            "auipc-addi-greatest",
            "auipc a0, 0x7ffff; addi a0, a0, -1",
            load,
            "with its address 0x1000, the greatest sum",
        ),
        (
            "auipc-addi-above",
            "auipc a0, 0x7ffff; addi a0, a0, 0",
            "auipc",
            "one more: with the address it leaves 32 bits",
        ),
    ]:
        yield id_, "VM-016", parts, "auipc", v2, why
    for head, kind in (("auipc", "rel"), ("lui", "abs")):
        fused = far.format(kind)
        for id_, parts, v1, v2, why in [
            ("", "ra, 1; jalr ra, 4(ra)", fused, fused, "through ra itself"),
            ("-compressed", "ra, 1; c.jalr ra", fused, fused, "c.jalr links to ra as well"),
            ("-t0", "t0, 1; jalr ra, 4(t0)", fused, head, "through another register, in version 1"),
            ("-x0", "x0, 1; jalr ra, 4(x0)", fused, head, "through x0, in version 1"),
            ("-rs1", "ra, 1; jalr ra, 4(t0)", head, head, "the jump goes through another register"),
            ("-link", "ra, 1; jalr t0, 4(ra)", head, head, "the link is another"),
            ("-no-link", "ra, 1; jalr x0, 4(ra)", head, head, "no link"),
            ("-least", "ra, 0x80000; jalr ra, 0(ra)", fused, fused, "the least sum of both immediates"),
            (
                "-below",
                "ra, 0x80000; jalr ra, -1(ra)",
                fused,
                head if kind == "rel" else fused,
                "one less: it leaves 32 bits",
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
            "the sum replaces the first addend: the other is compared",
        ),
        ("adcs-replaced", "add a0, a1, a0; sltu a3, a0, a1", "adcs", "the sum replaces the second addend"),
        ("adcs-mv", "c.mv a0, a2; sltu a3, a0, x0", "adcs", "c.mv is add with x0"),
        ("adcs-compressed", "c.add a0, a1; sltu a3, a0, a1", "adcs", "c.add"),
        ("adcs-rd-is-x0", "add a0, a1, a2; sltu x0, a0, a1", "adcs", "the carry to x0"),
        ("adcs-rd-is-sum", "add a0, a1, a2; sltu a0, a0, a1", "adcs", "the carry replaces the sum"),
        ("adcs-rd-is-rs1", "add a0, a1, a2; sltu a1, a0, a1", "adcs", "the carry replaces the first addend"),
        ("adcs-rd-is-rs2", "add a0, a1, a2; sltu a2, a0, a1", "adcs", "the carry replaces the second addend"),
        ("adcs-rs2", "add a0, a1, a2; sltu a3, a0, a2", "add", "the carry by the second addend, which does not fuse"),
        ("adcs-rs1", "add a0, a1, a2; sltu a3, a4, a1", "add", "another compared with the first addend"),
        ("adcs-twice", "add a0, a0, a0; sltu a3, a0, a0", "add", "a number doubled in place"),
        (
            "adcs-itself",
            "add a0, a0, a1; sltu a3, a0, a0",
            "add",
            "the sum compared with itself, which was the first addend",
        ),
        ("adcs-x0", "add x0, a1, a2; sltu a3, x0, a1", "add", "the sum to x0"),
        ("adcs-order", "add a0, a1, a2; sltu a3, a1, a0", "add", "the comparison turned round"),
        ("adcs-signed", "add a0, a1, a2; slt a3, a0, a1", "add", "a comparison of signed numbers"),
        ("adcs-immediate", "addi a0, a1, 5; sltu a3, a0, a1", "addi", "an immediate"),
    ]:
        yield id_, "VM-017", parts, "addi" if v2 == "addi" else "add", v2, why
    for id_, parts, v2, why in [
        ("sbbs", "sub a0, a1, a2; sltu a3, a1, a2", "sbbs", "a difference and its borrow"),
        ("sbbs-x0", "sub x0, a1, a2; sltu a3, a1, a2", "sbbs", "the difference to x0"),
        ("sbbs-rd-is-x0", "sub a0, a1, a2; sltu x0, a1, a2", "sbbs", "the borrow to x0"),
        ("sbbs-rd-is-difference", "sub a0, a1, a2; sltu a0, a1, a2", "sbbs", "the borrow replaces the difference"),
        ("sbbs-rd-is-rs1", "sub a0, a1, a2; sltu a1, a1, a2", "sbbs", "the borrow replaces the first operand"),
        ("sbbs-rd-is-rs2", "sub a0, a1, a2; sltu a2, a1, a2", "sbbs", "the borrow replaces the second operand"),
        ("sbbs-zero", "sub a0, a1, a1; sltu a3, a1, a1", "sbbs", "a number from itself"),
        ("sbbs-rs1", "sub a1, a1, a2; sltu a3, a1, a2", "sub", "the difference replaces the first operand"),
        ("sbbs-rs2", "sub a2, a1, a2; sltu a3, a1, a2", "sub", "the difference replaces the second operand"),
        ("sbbs-order", "sub a0, a1, a2; sltu a3, a2, a1", "sub", "the comparison turned round"),
        ("sbbs-other", "sub a0, a1, a2; sltu a3, a1, a4", "sub", "the comparison with another"),
        ("sbbs-another", "sub a0, a1, a2; sltu a3, a4, a2", "sub", "the comparison of another"),
    ]:
        yield id_, "VM-018", parts, "sub", v2, why
    for id_, parts, v2, why in [
        ("add3a", "add a0, a1, a0; sltu a2, a0, a1; add a3, a2, a4", "add3a", "sum, carry, and the carry added on"),
        ("add3a-before-b", "add a0, a1, a0; sltu a1, a0, a1; add a3, a1, a4", "add3a", "as ADD3B, which comes later"),
        ("add3a-before-c", "add a0, a1, a0; sltu a2, a0, a1; add a2, a2, a4", "add3a", "as ADD3C, which comes later"),
        (
            "add3a-carry-is-sum",
            "add a0, a1, a0; sltu a0, a0, a1; add a3, a0, a4",
            "add3a",
            "the carry replaces the sum",
        ),
        ("add3a-x0", "add a0, x0, a0; sltu a2, a0, x0; add x0, a2, x0", "add3a", "x0 where it may be"),
        ("add3a-compressed", "c.mv a0, a0; sltu a2, a0, x0; c.add a2, a4", "add3a", "c.mv and c.add"),
        ("add3a-r4-is-sum", "add a0, a1, a0; sltu a2, a0, a1; add a3, a2, a0", "adcs", "the last addend is the sum"),
        (
            "add3a-r4-is-carry",
            "add a0, a1, a0; sltu a2, a0, a1; add a3, a2, a2",
            "adcs",
            "the last addend is the carry",
        ),
        ("add3a-carry-rs1", "add a0, a1, a0; sltu a2, a5, a1; add a3, a2, a4", "add", "the comparison of another"),
        ("add3a-carry-rs2", "add a0, a1, a0; sltu a2, a0, a5; add a3, a2, a4", "add", "the comparison with another"),
        ("add3a-carry-x0", "add a0, a1, a0; sltu x0, a0, a1; add a3, x0, a4", "adcs", "the carry to x0"),
        ("add3a-sum-x0", "add x0, a1, x0; sltu a2, x0, a1; add a3, a2, a4", "add", "the sum to x0"),
        (
            "add3a-order",
            "add a0, a1, a0; sltu a2, a0, a1; add a3, a4, a2",
            "adcs",
            "the last addends in the other order",
        ),
        ("add3a-twice", "add a0, a0, a0; sltu a2, a0, a0; add a3, a2, a4", "add", "one register in the first sum"),
        (
            "add3a-swapped",
            "add a0, a0, a1; sltu a2, a0, a1; add a3, a2, a4",
            "adcs",
            "the sum replaces the first addend",
        ),
        ("add3b", "add a0, a1, a2; sltu a1, a0, a1; add a3, a1, a4", "add3b", "the carry replaces the first addend"),
        ("add3b-before-c", "add a0, a1, a2; sltu a1, a0, a1; add a1, a1, a4", "add3b", "as ADD3C, which comes later"),
        ("add3b-r4-is-sum", "add a0, a1, a2; sltu a1, a0, a1; add a3, a1, a0", "adcs", "the last addend is the sum"),
        (
            "add3b-r4-is-carry",
            "add a0, a1, a2; sltu a1, a0, a1; add a3, a1, a1",
            "adcs",
            "the last addend is the carry",
        ),
        ("add3b-r4-x0", "add a0, a1, a2; sltu a1, a0, a1; add a3, a1, x0", "add3b", "x0 as the last addend"),
        ("add3b-carry-rd", "add a0, a1, a2; sltu a3, a0, a1; add a5, a1, a4", "adcs", "the carry goes elsewhere"),
        ("add3b-carry-rs1", "add a0, a1, a2; sltu a1, a5, a1; add a3, a1, a4", "add", "the comparison of another"),
        ("add3b-carry-rs2", "add a0, a1, a2; sltu a1, a0, a5; add a3, a1, a4", "add", "the comparison with another"),
        ("add3b-x0", "add a0, x0, a2; sltu x0, a0, x0; add a3, x0, a4", "adcs", "x0 as the first addend and the carry"),
        ("add3b-sum-x0", "add x0, a1, a2; sltu a1, x0, a1; add a3, a1, a4", "add", "the sum to x0"),
        (
            "add3b-order",
            "add a0, a1, a2; sltu a1, a0, a1; add a3, a4, a1",
            "adcs",
            "the last addends in the other order",
        ),
        ("add3c", "add a0, a1, a2; sltu a3, a0, a1; add a3, a3, a4", "add3c", "the last sum replaces the carry"),
        ("add3c-carry-is-sum", "add a0, a1, a2; sltu a0, a0, a1; add a0, a0, a4", "add3c", "all in one register"),
        ("add3c-compressed", "c.mv a0, a2; sltu a3, a0, x0; c.add a3, a4", "add3c", "c.mv and c.add"),
        ("add3c-rd", "add a0, a1, a2; sltu a3, a0, a1; add a5, a3, a4", "adcs", "the last sum goes elsewhere"),
        ("add3c-r4-x0", "add a0, a1, a2; sltu a3, a0, a1; add a3, a3, x0", "add3c", "x0 as the last addend"),
        ("add3c-carry-rs1", "add a0, a1, a2; sltu a3, a5, a1; add a3, a3, a4", "add", "the comparison of another"),
        ("add3c-carry-rs2", "add a0, a1, a2; sltu a3, a0, a5; add a3, a3, a4", "add", "the comparison with another"),
        ("add3c-addend", "add a0, a1, a2; sltu a3, a0, a1; add a3, a5, a4", "adcs", "another in the place of the carry"),
        ("add3c-r4-is-sum", "add a0, a1, a2; sltu a3, a0, a1; add a3, a3, a0", "adcs", "the last addend is the sum"),
        (
            "add3c-r4-is-carry",
            "add a0, a1, a2; sltu a3, a0, a1; add a3, a3, a3",
            "adcs",
            "the last addend is the carry",
        ),
        ("add3c-x0", "add a0, a1, a2; sltu x0, a0, a1; add x0, x0, a4", "adcs", "the carry to x0"),
        ("add3c-sum-x0", "add x0, a1, a2; sltu a3, x0, a1; add a3, a3, a4", "add", "the sum to x0"),
    ]:
        yield id_, "VM-019", parts, "add", v2, why


NOTES = {
    "too-eager": {"bug": "fusion", "effect": "a sequence fused although a condition does not hold"},
    "not-fused": {"bug": "fusion", "effect": "a sequence not fused although all conditions hold: more cycles"},
    "other-version": {"bug": "fusion", "effect": "the fusion of one version in another"},
    "order": {"bug": "fusion", "effect": "the shorter or the later of two patterns taken"},
}


def decode_topic(files, Topic):
    comment = [
        "What each pattern of fusion asks for: a sequence that fuses, and each condition broken alone.",
        "A sequence that does not fuse gives its first instruction, at its own cost.",
    ]
    t = Topic(files, "decode-fusion", "What is fused", "vm.decode", comment, over=(1, 2), notes=NOTES)
    for source in (carries, wides, immediates, sums):
        for id_, rule, parts, v1, v2, why in source():
            text = parts if isinstance(parts, str) else "; ".join(parts)
            plain = text.split()[0] in (v1, v2) and v1 == v2 or v1 == v2 and v1 not in FUSED_NAMES
            flag = "other-version" if v1 != v2 else "too-eager" if plain else "not-fused"
            if "before" in id_ or id_ == "adc":
                flag = "order"
            short = text if len(text) < 70 else None
            said = f"{why}: {short}" if short else why
            more = {}
            if id_ == "adc":
                own = {0: {"rules": ["VM-010"], "flags": ["other-version"]}}
                said, more = [said, "version 0 fuses nothing"], dict(over=(0, 1, 2), own=own)
            t.decode(f"fuse-{id_}", said, ["VM-010", rule], text, expect={0: "add", 1: v1, 2: v2}, flags=[flag], **more)
    whole, cut = assemble("; ".join(ADC), 0x1FF0), assemble("; ".join(ADC[:4]), 0x1FF0)
    t.decode("fuse-across-pages", "a sequence that goes on in the next page", ["VM-010", "VM-011"], whole, 0x1FF0,
             expect="adc", flags=["not-fused"])  # fmt: skip
    t.decode("fuse-cut-by-page", "the next page is not executable, and the sequence ends before it", ["VM-010", "VM-011"], cut, 0x1FF0,
             expect={1: "add", 2: "adcs"}, flags=["other-version"])  # fmt: skip
    half = assemble("lui a0, 1; addiw a0, a0, 1", 0x1FFA)
    t.decode("fuse-half-across-pages", "the second instruction lies in two pages", ["VM-010", "VM-014"], half, 0x1FFA,
             expect="load_imm", flags=["not-fused"])  # fmt: skip
    t.decode("fuse-half-cut-by-page", "half of the second instruction lies in a page that is not executable", ["VM-010", "VM-014"], half[:6], 0x1FFA,
             expect="lui", flags=["too-eager"])  # fmt: skip
    t.decode("fuse-illegal-follows", "the first instruction stands before one that is illegal", ["VM-010", "VM-014"],
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


def run_topic(files, Topic):
    comment = ["What fused operations do, and what they cost where they stand in a program."]
    t = Topic(files, "fusion", "Fused operations", "vm.run", comment, notes={
        "x0-written": {"bug": "register", "effect": "a fused operation writes x0", "see": ckb_vm(204, 403)},
        "one-result": {"bug": "fusion", "effect": "a multiplication or division fused whose results go to one register: half the cycles, as in early ckb-vm"},
        "wraps": {"bug": "overflow", "effect": "the sum of both immediates stops the decoder, or is extended without its sign", "see": ckb_vm(173)},
        "entered": {"bug": "cache", "effect": "a jump into a fused sequence runs the sequence, or its remembered trace"},
        "as-written": {"bug": "fusion", "effect": "what RISC-V would do, where all engines do something else"},
        "beyond-31-bits": {"bug": "width", "effect": "an address of 2^31 or more between the two parts, or as their sum, gets lost"},
        "odd-target": {"bug": "fusion", "effect": "the lowest bit of a far jump's target kept"},
        "length": {"bug": "fusion", "effect": "all parts taken for instructions of four bytes"},
    })  # fmt: skip
    assert BASE == 0x10000
    rules = ["VM-010", "VM-011", "VM-012", "VM-013", "VM-017", "VM-018", "VM-019", "VM-050"]
    t.run(
        "run-fused",
        "each sequence fused and apart, on operands that carry, borrow and overflow",
        rules,
        t.assembled("fused"),
        expect=0,
        rev=2,
    )
    pairs = [("mulh", "mul"), ("mulhu", "mul"), ("mulhsu", "mul"), ("div", "rem"), ("divu", "remu")]
    text = "; ".join(f"{first} a{n}, a0, a1; {second} a{n}, a0, a1" for n, (first, second) in enumerate(pairs, 2))
    t.run("run-one-result", "multiplications and divisions whose two results go to one register, so that nothing fuses",
          ["VM-010", "VM-013"], program(f"li a0, -7; li a1, 3; {text}; {EXIT}"), expect=0,
          flags=["one-result"])  # fmt: skip
    t.run(
        "run-fused-x0",
        "each sequence that can write x0, which is read before another register is written",
        ["VM-001", "VM-013", "VM-014", "VM-016", "VM-017", "VM-018", "VM-019"],
        t.assembled("fused-x0"),
        expect=0,
        flags=["x0-written"],
    )
    t.run(
        "run-load-immediates",
        "sums of immediates at the ends of 32 bits, and to x0",
        ["VM-014", "VM-016"],
        t.assembled("load-immediates"),
        expect=0,
        flags=["wraps", "x0-written"],
    )
    t.run(
        "run-middle",
        "jumps to the second part of sequences that fuse",
        ["VM-010"],
        t.assembled("middle"),
        expect=0,
        flags=["entered"],
    )
    t.run("run-sbb-foreign", ["the first comparison of SBB is with another register than it is fused for", "version 0 does as RISC-V says"], ["VM-012"],
          t.assembled("sbb-foreign"), state=True, expect={0: 1, 1: 0, 2: 0}, flags=["as-written"])  # fmt: skip
    why = ["through t0, which is written where the two are not fused", "version 1 fuses, and t0 keeps its value"]
    for name in ("far-relative", "far-absolute"):
        t.run(f"run-{name}", [why[0], why[1]], ["VM-015"], t.assembled(name), state=True, expect=0, flags=["as-written"])
    other = "through x0, without fusion: to address {}, which is not executable"
    near = program(f"auipc x0, 0; jalr ra, 12(x0); ecall; {EXIT}")
    t.run(
        "run-far-relative-x0",
        ["through x0, in version 1 alone: to 12 bytes on", other.format(12)],
        ["VM-015"],
        near,
        expect={0: "VM-003", 1: 0, 2: "VM-003"},
        flags=["as-written"],
    )
    near = program(f"lui x0, %hi(1f); jalr ra, %lo(1f)(x0); ecall; 1: {EXIT}")
    t.run(
        "run-far-absolute-x0",
        ["through x0, in version 1 alone: to an address above 2047", other.format(132)],
        ["VM-015"],
        near,
        expect={0: "VM-003", 1: 0, 2: "VM-003"},
        flags=["as-written"],
    )
    low = assemble(EXIT, 0x7FE)
    far = lambda text: elf([header(size=8, offset=176), header(offset=184, address=0x7FE, size=len(low))], assemble(text) + low, BASE)
    base = t.run("run-far-relative-below", "a far jump back to 7fe", ["VM-015"], far("auipc ra, 0xffff0; jalr ra, 2046(ra)"), over=(1, 2), expect=0)
    t.run("run-far-relative-above", "one to 8000f7fe, where no memory is; 7fe is what its second immediate alone would be", ["VM-002"],
          far("auipc ra, 0x7ffff; jalr ra, 2047(ra)"), over=(1, 2), twin=base, expect="VM-002", flags=["beyond-31-bits"])  # fmt: skip
    code = assemble("auipc a0, 0x7ffff; addi a0, a0, -1; li a7, 93; ecall", 0x1000)
    t.run("run-load-immediate-greatest", "7fffffff, by a first part that is 80000000", ["VM-016"],
          elf([header(offset=HEADERS, address=0x1000, size=len(code))], code, 0x1000), state=True, expect=255, flags=["beyond-31-bits"])  # fmt: skip
    for name, first in (("relative", "auipc ra, 0"), ("absolute", "lui ra, %hi(1f)")):
        low = 13 if name == "relative" else "%lo(1f+1)"
        t.run(f"run-far-{name}-odd", "to an odd sum, whose lowest bit is dropped", ["VM-015"],
              program(f"{first}; jalr ra, {low}(ra); ecall; 1: {EXIT}"), over=(1, 2), expect=0, flags=["odd-target"])  # fmt: skip
    back = assemble("lui t0, 0x10; sub a0, ra, t0; addi a0, a0, -26; li a7, 93; ecall; lui ra, 0x10; c.jalr ra", BASE)
    t.run("run-far-compressed", "the link of a jump of two bytes: a0 is what it is away from there", ["VM-015"],
          elf([header(offset=HEADERS, size=len(back))], back, BASE + 20), over=(1, 2), expect=0, flags=["length"])  # fmt: skip
    t.write()


def topic(files, Topic):
    decode_topic(files, Topic)
    run_topic(files, Topic)
