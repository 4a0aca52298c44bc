package dev.zhida.sandbox;

/**
 * What a link carries and an order gives back. Absent values are {@code null}.
 *
 * @param pid Taobao's {@code mm_<member>_<site>_<adzone>}, PDD's {@code p_id}, Douyin's pid, JD's site and position
 * @param relationId Taobao's 渠道ID
 * @param own the caller's own words: JD's subUnionId, PDD's custom_parameters, Douyin's external_info
 */
record Slot(String pid, String relationId, String own) {

    /**
     * A slot as it is ordered through: for Taobao a PID, or a 渠道ID (digits), or {@code <pid>@<relation id>}; for JD a
     * subUnionId, or {@code position:<digits>}; for the others the caller's own words.
     */
    static Slot of(Account account, String value) {
        if (value == null || value.isEmpty()) {
            return new Slot(account.pid(), null, null);
        }
        return switch (account.vendor()) {
            case TAOBAO -> {
                if (!value.startsWith("mm_")) {
                    yield new Slot(account.pid(), value, null);
                }
                var at = value.indexOf('@');
                yield at < 0
                        ? new Slot(value, null, null)
                        : new Slot(value.substring(0, at), value.substring(at + 1), null);
            }
            case JD ->
                value.startsWith("position:")
                        ? new Slot(
                                account.pidPart(0) + "_" + account.pidPart(1) + "_"
                                        + value.substring("position:".length()),
                                null,
                                null)
                        : new Slot(account.pid(), null, value);
            case PDD, PANGOLIN, BUYIN -> new Slot(account.pid(), null, value);
        };
    }

    String part(int index) {
        return pid.split("_")[index];
    }

    /** What a caller finds the order's placement by. */
    String words(Vendor vendor) {
        return switch (vendor) {
            case TAOBAO -> relationId == null ? pid : pid + "@" + relationId;
            case JD -> own == null ? "position:" + part(2) : own;
            case PDD, PANGOLIN, BUYIN -> own == null ? "" : own;
        };
    }
}
