extension BuiltinTests {
  /// Keys, certificates and tokens, made for these tests.
  static let cryptographyInput = #"""
    {"es": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEWItd6FtkWhaqTr/0MRU3l7w53G5f\#
    \nmzutittmje0nenlRVyzHC+YqoMORBweS79NGGzwyZ7DlPk6nELzuhTdl9g==\n-----END PUBLIC KEY-----\n", "es384"\#
    : "-----BEGIN PUBLIC KEY-----\nMHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEjnCnZEI3nxP2Hdptxe/Eh4hfAp7hSBcA\nDmD\#
    7jRA2uRsBjU3IooKXobg1HWZ6eLxF3o2LugfS5EIOPYk9PBfpRklgOC08VDXr\nVhuKTGlM40FeXN6yHBGH2cRXmoEnCsWn\n---\#
    --END PUBLIC KEY-----\n", "ed": "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA+bGzyjVvymj6PFypx2D/YoE\#
    9K5o5kw6hfuKx5XOBWF4=\n-----END PUBLIC KEY-----\n", "rs": "{\"kty\": \"RSA\", \"n\": \"w-fEoE5XGnFmv\#
    66d4oguJv4m6Jcchf_Hm_WtJ2ABj7ZdN_opA81dvZMBPa2gQdZCWmFjU3nXCeZDH0Dexr8ZCY7WXItbxJnp6b2dBKvo_4WLPzsR2\#
    Vpmya7ZcNeCJP40PYFgQ81dpVkmiXWrgj6qFH8V1-KwunExPzf6Fh8QP9SYAG9V8zYy-dlSYHtetMqGc6jhUGSlHqsKKTMDiLbnE\#
    FTewoSdP11aXvHW9q3qtG8fsfWDMiSpg2KI1hL8GjfDVmCmj_yeOZAJgKYTSF_WZq4wU9Cp6YAxSAEtxkZjBzysFVTPjhglgQThB\#
    KEOu7kSQN_cZ6Q5DRPgxOyV1tS1bQ\", \"e\": \"AQAB\"}", "es2": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZI\#
    zj0CAQYIKoZIzj0DAQcDQgAEwlCUky6Nk+wXpd+fj9TpGj0D4x+j\n04+kgFH14mLm1biKM3+ft5g0A/G+WLgK4BXZKkd1VdF4Ii\#
    9j/YwwsLIuFw==\n-----END PUBLIC KEY-----\n", "set": "{\"keys\": [{\"kty\": \"EC\", \"crv\": \"P-256\#
    \", \"x\": \"wlCUky6Nk-wXpd-fj9TpGj0D4x-j04-kgFH14mLm1bg\", \"y\": \"ijN_n7eYNAPxvli4CuAV2SpHdVXReCI\#
    vY_2MMLCyLhc\", \"kid\": \"one\", \"alg\": \"ES256\"}, {\"kty\": \"EC\", \"crv\": \"P-256\", \"x\": \#
    \"WItd6FtkWhaqTr_0MRU3l7w53G5fmzutittmje0nenk\", \"y\": \"UVcsxwvmKqDDkQcHku_TRhs8Mmew5T5OpxC87oU3Zf\#
    Y\", \"kid\": \"two\", \"alg\": \"ES256\"}, {\"kty\": \"oct\", \"k\": \"c2VjcmV0\", \"kid\": \"three\#
    \", \"alg\": \"HS256\"}]}", "unknown": "{\"keys\": [{\"kty\": \"EC\", \"crv\": \"P-256\", \"x\": \"W\#
    Itd6FtkWhaqTr_0MRU3l7w53G5fmzutittmje0nenk\", \"y\": \"UVcsxwvmKqDDkQcHku_TRhs8Mmew5T5OpxC87oU3ZfY\"\#
    }, {\"kty\": \"EC\", \"crv\": \"P-256\", \"x\": \"wlCUky6Nk-wXpd-fj9TpGj0D4x-j04-kgFH14mLm1bg\", \"y\#
    \": \"ijN_n7eYNAPxvli4CuAV2SpHdVXReCIvY_2MMLCyLhc\", \"alg\": \"FOO\"}]}", "skipped": "{\"keys\": [{\#
    \"kty\": \"EC\", \"crv\": \"P-256\", \"x\": \"WItd6FtkWhaqTr_0MRU3l7w53G5fmzutittmje0nenk\", \"y\": \#
    \"UVcsxwvmKqDDkQcHku_TRhs8Mmew5T5OpxC87oU3ZfY\"}, {\"kty\": \"OKP\", \"crv\": \"Ed25519\", \"x\": \"\#
    -bGzyjVvymj6PFypx2D_YoE9K5o5kw6hfuKx5XOBWF4\", \"alg\": \"ECDH-ES\"}]}", "private": "{\"kty\": \"EC\#
    \", \"crv\": \"P-256\", \"x\": \"WItd6FtkWhaqTr_0MRU3l7w53G5fmzutittmje0nenk\", \"y\": \"UVcsxwvmKqD\#
    DkQcHku_TRhs8Mmew5T5OpxC87oU3ZfY\", \"d\": \"J2Wdvi4qbJPEbvQ732xcNxuJORbSVRf0VIpXa_6zDAM\"}", "edpri\#
    vate": "{\"kty\": \"OKP\", \"crv\": \"Ed25519\", \"x\": \"-bGzyjVvymj6PFypx2D_YoE9K5o5kw6hfuKx5XOBWF\#
    4\", \"d\": \"szar6FBzjuWI-Kzrbx_fGMlGqvzndKN-T6aGFiMnd6U\"}", "rsprivate": "{\"kty\": \"RSA\", \"n\#
    \": \"w-fEoE5XGnFmv66d4oguJv4m6Jcchf_Hm_WtJ2ABj7ZdN_opA81dvZMBPa2gQdZCWmFjU3nXCeZDH0Dexr8ZCY7WXItbxJ\#
    np6b2dBKvo_4WLPzsR2Vpmya7ZcNeCJP40PYFgQ81dpVkmiXWrgj6qFH8V1-KwunExPzf6Fh8QP9SYAG9V8zYy-dlSYHtetMqGc6\#
    jhUGSlHqsKKTMDiLbnEFTewoSdP11aXvHW9q3qtG8fsfWDMiSpg2KI1hL8GjfDVmCmj_yeOZAJgKYTSF_WZq4wU9Cp6YAxSAEtxk\#
    ZjBzysFVTPjhglgQThBKEOu7kSQN_cZ6Q5DRPgxOyV1tS1bQ\", \"e\": \"AQAB\", \"d\": \"YVDjHIz9-O1HUMXhuVPTtV\#
    wAIP9b1HbUhfVbMBmhfO3mzbVPpYthWxhJAAYde0b_jB0ftaprN4gyZLaZU9o_Cj_x3WP-0KFykMG328e4BSKmIuFpgvLE58AbVN\#
    JBXLYIZls74kKEl-w62ALjkV4mp-rfg3AhQWSURaa9bTq-HC5UgcxxCcwQxoCaJDthRfeN1x4CzNLwOhpo3IaHv8LOlgirWnRcXL\#
    gELT9RleNejm_KNoF_qZWHK0O1vziEFTEtUMekqWo00ItqmYOM_V29VBRYXSFVrS8Qz4_XQro6kC4eYlJqMPiwoUPqlHwMTA9D2b\#
    A1Prr2zQRHWjh_tWRjAw\", \"p\": \"9GSZMqp1UHUNa4pH91ZisyFZRWALN1J5jcXp2fXbhWqhTfghNa6WIZd7VoQrMveZIBM\#
    QCnueTQ48Rbj9_JoTI8IXBVZ--WwczHIKsUSIghYu-wyVVCkOd0sDYdEjj6beEuA2m4lihuRxi7JgNPtK2p33TSWPvn935rwCpFt\#
    bVs8\", \"q\": \"zTWklVehYBAVYornWxta2y0B-jk06BAW7l-mV7fhvIDa4kpxkXIlnLDN5N3O8GNFnZ-dPXX92FAvItKc12o\#
    to4fvNDhpHULtz0F1gR-nCsK_iS-UrHRY6Mxy57sbgqaIuAFdsGNpE1VxJeCwDs9Mx02CqzynDNJ6JiMhxEyufwM\", \"dp\": \#
    \"iIHASFqJ2HzpGA5PEEpCKwgPkv6IhUgd-SB49HOtQCJFIwXblt6DoRO5oqOEdZ1y_EVpilFuJGA1LkScKYHt-uUocqTTm4HVvC\#
    Re8JD1JqQ5baSjrDSajetqYjKtCEoOdMCj_9CHJg1nlr31muJZ9y6QuZinZ6JPWKPfXephZGU\", \"dq\": \"wzyWKcAFuO-Ua\#
    PzewL914bEggICM5XzpVEGMcUhxbHbryQAqrMZ9ImbUfTrK98p7IUwKvb7UlEk1j1vx_MD4Su25l2VUHJLgzp7ovMDwnDxNHqg2O\#
    x02ucZKTE6oDdWDng0upfLutYZE8FSlLHHuCnCkMWazSG-35zDln22VVyE\", \"qi\": \"z_Ec4eJ6Q4ZOC0fSve-l_-i86fRl\#
    xPNoe88AdN4FyF1svDQKu1z9Adp0rBp-vc73cmwxJGaysi1Q-TC4BpQiAU4f3V6v_68vkl2800J6IKNEZpCpvyrOTaxpewrB05rH\#
    8n-_g6hOwxtQEj02ylkmgmf_SorBS_dPCPVsgCaFlL0\"}", "t": {"es": "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJtZSJ9.\#
    9R3af3JvhTYpOY3irE60TEZdJ6GOM81lbEanMsFk3rc1MIPdNt11Vil2swLMlvtc1vulCICKMdo1S09RSuf8HA", "es384": "e\#
    yJhbGciOiJFUzM4NCJ9.eyJpc3MiOiJtZSJ9.0irdVpwHRbZu-nocYVMgMNnhAN3UYPYtx-gL0bfDgMYgk64LEe7HcYtZOww3WBc\#
    hv6etsxO3ZeAHxhrL8Md6mCJWorpphB87VqaXXqPT7DHdkyzW4ad-Yd4J1RyARaUB", "ed": "eyJhbGciOiJFZERTQSJ9.eyJp\#
    c3MiOiJtZSJ9.rwhCLot4nCYj2fXBN8Y-zvBpudBcm974-O8SNTCiodclalHSii6aYxp96aIJ5DTvSLcKL2r7OX1MGGhFL1o2CA"\#
    , "rs": "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJtZSJ9.lASulXk9RtMezmVkhZ98b-9YHUo8X1IFl_3sKNBYVuoF21BvryIYy\#
    haxlOceN7e8aCE8wNF6lsxBo28EOH8Vbwj0F7APrEiXveuqdNlcAkupVNnC-oC2RFVlxNuIVhP9uTfzR4X3d_n7PW-yqx0kHAmpd\#
    6cJ59BK9ntW4cWLcBWRvsvwEUqwUgmbO9JMjBYiwrmZxPkonFURN2LX1OVn1AMHSvZqZm7oL4U_Wo_xAGCSU3X_1m650oKZN2t-_\#
    EMpOANw47IeTIkrDmb8T7l_IDj2bp1aY1ZU0EnI00yHVgKua03-LwLZ2O5a-fT-kwQR2zjkcr-TlLk7C74MFzz0pg", "hs": "e\#
    yJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJtZSJ9.tm692W26NcWunnEM9L0w6IX706O_VbaB_sGcOOyfNoE", "ps": "eyJhbGciOi\#
    JQUzI1NiJ9.eyJpc3MiOiJtZSJ9.P-raI8fR8fXKcmM5_-KfiI64dTwVI2DT0F_EI2GCDcVI_37ltO7UZ_lDdj0rbtBavZAN-UUU\#
    Ux8jJg9e8VfDyKHy9HecA7J28ZM3t8OQWuJN4OQ_3WR9UvS_mELSR2H6_HlsVGU8K3r6DSMZW0xQq6ssvrtfsKWjh41osoi6ivB5\#
    LjY3-8SUcSINrLVOxB89OrGSKayQL9eH9JnpQTj8nX8O4SpdptMtlWyzppOsWFkwE5Vw8AXXNrFAFp466z9F5NnCy9NMJyFU8b-b\#
    mGnOtY-fa1kaZiF8OwR0c9gKQEaiaXARoLPm6Er6ckCK7MgHd9w4hY7P6QlpsfnI6R3I3w", "two": "eyJhbGciOiJFUzI1NiI\#
    sImtpZCI6InR3byJ9.eyJpc3MiOiJtZSJ9.h11_15eOEktEYy5v_zytYTAEno10ZE4WtTOS1izPxaUDAvlVBeqMSkPIhycpBsWjq\#
    tyOMoX8EYeJSVj4FrbyDw", "one": "eyJhbGciOiJFUzI1NiIsImtpZCI6Im9uZSJ9.eyJpc3MiOiJtZSJ9.U7VRI1SFYj4eot\#
    qQ4Qc7EXMUMqyh3zTt02A5aqa0jbpis5KGZTBv0UZfaJItHeECIaA2LRls2sTP61X13eJeMg", "three": "eyJhbGciOiJIUzI\#
    1NiIsImtpZCI6InRocmVlIn0.eyJpc3MiOiJtZSJ9.OYKt5x4Qh_nG2wksRaYnQyeEXw9MJcA2k1Vhn5SfG8U", "none": "eyJ\#
    hbGciOiJub25lIn0.eyJpc3MiOiJtZSJ9.", "confused": "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJtZSJ9.9Bi_IxGZHl72\#
    Upv393iK-UmAFKUsllSZeOEruP21Mos", "confusedset": "eyJhbGciOiJFUzI1NiIsImtpZCI6InRocmVlIn0.eyJpc3MiOi\#
    JtZSJ9.r3efjhsh8VT_qvtQiiehFl-nzBgi5IcuTFF-R9pd6FU", "nested": "eyJhbGciOiJIUzI1NiIsImN0eSI6IkpXVCJ9\#
    .ZXlKaGJHY2lPaUpJVXpJMU5pSjkuZXlKcGMzTWlPaUp0WlNKOS50bTY5MlcyNk5jV3VubkVNOUwwdzZJWDcwNk9fVmJhQl9zR2N\#
    PT3lmTm9F.NuRz9jmDNlBxt2ciDpWPyGCkfjiTgFmwDMVEet81NTQ", "nestedquoted": "eyJhbGciOiJIUzI1NiIsImN0eSI\#
    6IkpXVCJ9.ImV5SmhiR2NpT2lKSVV6STFOaUo5LmV5SnBjM01pT2lKdFpTSjkudG02OTJXMjZOY1d1bm5FTTlMMHc2SVg3MDZPX1\#
    ZiYUJfc0djT095Zk5vRSI.i_efcMaNTBJWJBcjBDesunIeL_JptJM9-22lJfOjAWk", "nestedforged": "eyJhbGciOiJIUzI\#
    1NiIsImN0eSI6Imp3dCJ9.ZXlKaGJHY2lPaUpJVXpJMU5pSjkuZXlKcGMzTWlPaUp0WlNKOS45QmlfSXhHWkhsNzJVcHYzOTNpSy\#
    1VbUFGS1VzbGxTWmVPRXJ1UDIxTW9z.ciAKZoQ0mYYidNVkLAomDmmcZlnb14WcLTmi4qWfLKk", "crit": "eyJhbGciOiJIUz\#
    I1NiIsImNyaXQiOlsieCJdLCJ4IjoxfQ.eyJpc3MiOiJtZSJ9.ts3U-to6aJUXFIuRC8HQHi-E6jrzxO9YqP6-igHWC5k", "cri\#
    tknown": "eyJhbGciOiJIUzI1NiIsImNyaXQiOlsieCJdfQ.eyJpc3MiOiJtZSJ9.ao165sPmx1VlzZAPQ7GgHBCXazdt_jOrrh\#
    84z2PxWvM", "exp": "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjEwMDAsIm5iZiI6NTAwfQ.oRXba1hMJzcH1JJdyy8QSU0R8aLB\#
    oFWJoMXTQc7l9HI", "exptext": "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOiIxMDAwIn0.nXPDx3xg9WhCgGeQRT5tCZRm65N43\#
    YtM934_CjLSF84", "nbftext": "eyJhbGciOiJIUzI1NiJ9.eyJuYmYiOm51bGx9.2m_8N4HuBpFDjA_DFnJ4mQg6grK2TJ1HO\#
    IQoQdynKcA", "aud": "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOlsiYSIsImIiLDFdfQ.X8s5jl7ziGIME44evoxKcjthkYauhmP\#
    ZXJe3iPTbbB8", "audone": "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJhIn0.DSauwMGXTEgk57rAEziUQ0UTBuHMg80EegMMO\#
    VsFhxM", "audnumber": "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOjF9.fgF8qZOhqkWXvdmsPYs-rDgY7RqiKDhqKpTUpPStY5o\#
    ", "twice": "eyJhbGciOiJub25lIiwiYWxnIjoiSFMyNTYifQ.eyJhIjoxLCJhIjoyfQ.rdqxeup5iZthNEuTDQlHgwhDuTtgE\#
    f3dXEwQipZ9EkU", "empty": "eyJhbGciOiJIUzI1NiJ9..sd3ENUazK8vJX_adQ9xDR3N_oXk_pdfV9-OFlen2FmU", "eslo\#
    ng": "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJtZSJ9.APUd2n9yb4U2KTmN4qxOtExGXSehjjPNZWxGpzLBZN63ADUwg9023XVW\#
    KXazAsyW-1zW-6UIgIox2jVLT1FK5_wc", "es384as256": "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJtZSJ9.P7ryzJHzajg6\#
    rMEbS_A6Wsc1Pso3yG2eZPITaKMPnYFeAU1AD_ZNU_S49GmudDc1biEB3I96zGP1baL3NbBhUXfYggP7JQFPoAYddN3ZHiCq-xs_\#
    nEyiICpRR_c8po5y", "pssalt": "eyJhbGciOiJQUzI1NiJ9.e30.fQ_XAjK9ZkmVwX96B_dp16Pn0BkW6nKj_tDCxWvhLkB_K\#
    aPru5PZ7qAxAQhORlXbrafPyDrSTFKORlgqM0qIPPlYs-MHBMdwpVCCjqjbOJLg05CEzP2o6ZDWrwfSuB3kwuQl9-Zhhw9jiFqYA\#
    hgiC6lAY7vHSptczFfkJJPhem3aMM4bqr4B236meYr4aC65iJCOQwSFqAbk5-fyB-CMXZYtkrgHdsB77a720JfL7auQge8Q-Ruiz\#
    JWQlBLUKkbxl67ajBbJdGUCZE5xpwAEtLadgH4CjonsZhO9mltX9_VgRoDn1OJMTDFNtstE6-CCwepmF9JjmjNFvJkseiYOHg"},\#
     "root": "-----BEGIN CERTIFICATE-----\nMIIBITCByKADAgECAgEHMAoGCCqGSM49BAMCMA8xDTALBgNVBAMMBHJvb3QwI\#
    BcN\nMjAwMTAxMDAwMDAwWhgPMjA1MDAxMDEwMDAwMDBaMA8xDTALBgNVBAMMBHJvb3Qw\nWTATBgcqhkjOPQIBBggqhkjOPQMBB\#
    wNCAATCUJSTLo2T7Bel35+P1OkaPQPjH6PT\nj6SAUfXiYubVuIozf5+3mDQD8b5YuArgFdkqR3VV0XgiL2P9jDCwsi4XoxMwETA\#
    P\nBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCICbhx0vPlBn+VO2aEmIk\nIA/6HbeFQi78wuM1trDr5gxKAiEA/RP\#
    5wUUriPza/uGC+fUDKIKxqltlTjDywdBx\nScmTPTE=\n-----END CERTIFICATE-----\n", "leaf": "-----BEGIN CERTI\#
    FICATE-----\nMIIBSDCB8KADAgECAgEJMAoGCCqGSM49BAMCMA8xDTALBgNVBAMMBHJvb3QwIBcN\nMjAwMTAxMDAwMDAwWhgPM\#
    jA1MDAxMDEwMDAwMDBaMA8xDTALBgNVBAMMBGxlYWYw\nWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARYi13oW2RaFqpOv/QxFTe\#
    XvDncbl+b\nO62K22aN7Sd6eVFXLMcL5iqgw5EHB5Lv00YbPDJnsOU+TqcQvO6FN2X2ozswOTAM\nBgNVHRMBAf8EAjAAMBQGA1U\#
    dEQQNMAuCCWdhdGUudGVzdDATBgNVHSUEDDAKBggr\nBgEFBQcDAjAKBggqhkjOPQQDAgNHADBEAiBi8n1kGYZdttaXDiPWB7Dre\#
    mBNaVNB\nPxfUuJRP7zVE9AIgGh3zBK4nVpgR1lqn+/A0h04I1nCMwZAXvksUio3amU4=\n-----END CERTIFICATE-----\n",\#
     "key": "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgJ2Wdvi4qbJPEbv\#
    Q7\n32xcNxuJORbSVRf0VIpXa/6zDAOhRANCAARYi13oW2RaFqpOv/QxFTeXvDncbl+b\nO62K22aN7Sd6eVFXLMcL5iqgw5EHB5\#
    Lv00YbPDJnsOU+TqcQvO6FN2X2\n-----END PRIVATE KEY-----\n", "otherkey": "-----BEGIN PRIVATE KEY-----\n\#
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgZyHcz440NkkFLd5b\nubrm8h1X+VcCN5U+d5Rdmx2CA/ChRANCAA\#
    TCUJSTLo2T7Bel35+P1OkaPQPjH6PT\nj6SAUfXiYubVuIozf5+3mDQD8b5YuArgFdkqR3VV0XgiL2P9jDCwsi4X\n-----END P\#
    RIVATE KEY-----\n", "oct": {"kty": "oct", "k": "aw"}}
    """#
}
