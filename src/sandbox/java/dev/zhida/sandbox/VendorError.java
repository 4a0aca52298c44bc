package dev.zhida.sandbox;

/** A vendor's no. Each gateway puts it into its own shape. */
final class VendorError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String code;
    private final String subCode;

    VendorError(String code, String message) {
        this(code, null, message);
    }

    VendorError(String code, String subCode, String message) {
        super(message, null, false, false);
        this.code = code;
        this.subCode = subCode;
    }

    String code() {
        return code;
    }

    String subCode() {
        return subCode;
    }
}
