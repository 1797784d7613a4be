/* Primes below 2^20, counted three times: loads, stores and short loops. */
static unsigned char composite[1 << 20];

int main(void) {
    unsigned count = 0;
    for (int round = 0; round < 3; round++) {
        count = 0;
        for (unsigned i = 2; i < sizeof composite; i++) composite[i] = 0;
        for (unsigned i = 2; i < sizeof composite; i++) {
            if (composite[i]) continue;
            count++;
            for (unsigned long j = (unsigned long)i * i; j < sizeof composite; j += i)
                composite[j] = 1;
        }
    }
    return count != 82025;
}
