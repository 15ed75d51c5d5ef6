"""Credit of companies 客户信用: their figures by period, score sheets, grade, limit, and the exposure against it."""
