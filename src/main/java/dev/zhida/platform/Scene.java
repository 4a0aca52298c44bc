package dev.zhida.platform;

/** 场景: where inside a platform a placement is posted. Declared by the creator; no user agent tells it. */
public enum Scene {
    /** One-to-one conversation. */
    CHAT,
    GROUP,
    MOMENTS,
    NOTE,
    COMMENT,
    VIDEO,
    LIVE,
    PROFILE
}
