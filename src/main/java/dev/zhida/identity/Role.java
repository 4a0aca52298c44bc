package dev.zhida.identity;

/** What a person is here for. The constants are the role names that operations ask for. */
public enum Role {
    CREATOR,
    BRAND,
    FINANCE,
    OPERATOR,
    AUDITOR;

    public static final String CREATOR_ROLE = "CREATOR";
    public static final String BRAND_ROLE = "BRAND";
    public static final String FINANCE_ROLE = "FINANCE";
    public static final String OPERATOR_ROLE = "OPERATOR";
    public static final String AUDITOR_ROLE = "AUDITOR";
}
