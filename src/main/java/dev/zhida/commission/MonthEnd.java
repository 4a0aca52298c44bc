package dev.zhida.commission;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.time.YearMonth;

/** What is decided when a month is locked, because it depends on many lines. */
@ApplicationScoped
public class MonthEnd {

    /** Posts the month's volume tiers and campaign bonuses, in the transaction that locks the month. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void decide(YearMonth month, Instant at) {}
}
