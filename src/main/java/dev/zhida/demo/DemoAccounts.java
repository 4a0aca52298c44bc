package dev.zhida.demo;

import dev.zhida.identity.Role;
import java.util.List;

/** Who can look around in the demo. User name, password and API key are the same word. */
public final class DemoAccounts {

    /** The accounts, as the start page names them. */
    public static final List<Account> ALL = List.of(
            new Account("demo-operator", Role.OPERATOR, "运营：连接平台、导入订单"),
            new Account("demo-creator", Role.CREATOR, "博主：取链接、看佣金"),
            new Account("demo-creator-2", Role.CREATOR, "另一位博主"),
            new Account("demo-brand", Role.BRAND, "品牌：看自己活动的归因"),
            new Account("demo-finance", Role.FINANCE, "财务：导出佣金"),
            new Account("demo-finance-2", Role.FINANCE, "另一位财务：复核"),
            new Account("demo-auditor", Role.AUDITOR, "审计：只读"));

    private DemoAccounts() {}

    /**
     * One of them.
     *
     * @param name user name, password and API key
     */
    public record Account(String name, Role role, String what) {}
}
