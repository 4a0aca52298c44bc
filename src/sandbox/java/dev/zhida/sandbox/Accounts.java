package dev.zhida.sandbox;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** Who may call, what belongs to them, and what goes wrong for them. */
final class Accounts {

    /** One account with what is its own. */
    static final class Own {

        private final Account account;
        private final Market market;
        /** Taobao's adzones: their PIDs by their last part. */
        private final ConcurrentHashMap<String, String> pidByAdzone = new ConcurrentHashMap<>();

        private Own(Account account, Market market) {
            this.account = account;
            this.market = market;
        }

        Account account() {
            return account;
        }

        Market market() {
            return market;
        }

        void addPid(String pid) {
            pidByAdzone.put(pid.substring(pid.lastIndexOf('_') + 1), pid);
        }

        /** A Taobao slot that is bought through is one of the account's PIDs. */
        void knows(String slot) {
            if (account.vendor() == Vendor.TAOBAO && slot != null && slot.startsWith("mm_")) {
                addPid(Slot.of(account, slot).pid());
            }
        }

        List<String> pids() {
            return pidByAdzone.values().stream().sorted().toList();
        }

        /** The PID of an adzone; one of the account's own site where nobody has told it. */
        String pidOf(String adzone) {
            return pidByAdzone.getOrDefault(
                    adzone, "mm_" + account.pidPart(1) + "_" + account.pidPart(2) + "_" + adzone);
        }
    }

    private record Key(Vendor vendor, String appKey) {}

    private final ConcurrentHashMap<Key, Own> all = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Vendor, Faults> faults = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Vendor, Long> bannedUntilNanos = new ConcurrentHashMap<>();
    private final SandboxClock clock;

    Accounts(SandboxClock clock) {
        this.clock = clock;
        List.of(Account.TAOBAO, Account.JD, Account.PDD, Account.PANGOLIN, Account.BUYIN)
                .forEach(this::put);
    }

    /** Adds an account, or changes the credentials of one that is there; what it has stays. */
    Own put(Account account) {
        return all.compute(new Key(account.vendor(), account.appKey()), (key, before) -> {
            if (before == null) {
                var market = new Market(clock);
                market.faults(faults(account.vendor()));
                return new Own(account, market);
            }
            var changed = new Own(account, before.market);
            changed.pidByAdzone.putAll(before.pidByAdzone);
            return changed;
        });
    }

    /** Who calls; {@code null} if nobody known does. */
    Own of(Vendor vendor, String appKey) {
        return appKey == null || faults(vendor).vanished() ? null : all.get(new Key(vendor, appKey));
    }

    /** The same for whoever runs the sandbox: whom the vendor has forgotten is there too. */
    Own known(Vendor vendor, String appKey) {
        return all.get(new Key(vendor, appKey));
    }

    Collection<Own> all() {
        return all.values().stream()
                .sorted(Comparator.comparing((Own own) -> own.account.vendor())
                        .thenComparing(own -> own.account.appKey()))
                .toList();
    }

    Faults faults(Vendor vendor) {
        return faults.getOrDefault(vendor, Faults.NONE);
    }

    void faults(Vendor vendor, Faults next) {
        faults.put(vendor, next);
        if (next.throttlePercent() == 0) {
            bannedUntilNanos.remove(vendor);
        }
        all.values().stream().filter(own -> own.account.vendor() == vendor).forEach(own -> own.market.faults(next));
    }

    /** For how many more seconds the vendor answers nobody; 0 if it does. */
    long ban(Vendor vendor) {
        var now = System.nanoTime();
        var until = bannedUntilNanos.get(vendor);
        if (until != null && until - now > 0) {
            return (until - now) / 1_000_000_000 + 1;
        }
        var current = faults(vendor);
        if (happens(current.throttlePercent())) {
            bannedUntilNanos.put(vendor, now + current.banSeconds() * 1_000_000_000L);
            return Math.max(1, current.banSeconds());
        }
        return 0;
    }

    static boolean happens(int percent) {
        return percent > 0 && ThreadLocalRandom.current().nextInt(100) < percent;
    }
}
