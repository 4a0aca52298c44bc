package dev.zhida.report;

import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/** How a report reads what is counted. */
final class OneMoment {

    private OneMoment() {}

    /**
     * In one transaction that sees one moment, so that all parts of an answer go together. Each statement is planned for
     * the days that it is asked for, and gathers in memory; compiling it, or starting other processes for it, would take
     * longer than it does.
     */
    static <T> T read(Jdbi jdbi, HandleCallback<T, RuntimeException> reading) {
        return jdbi.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, handle -> {
            handle.execute("""
                    select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('work_mem', '64MB', true),
                        set_config('jit', 'off', true), set_config('max_parallel_workers_per_gather', '0', true)
                    """);
            return reading.withHandle(handle);
        });
    }
}
