# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
#   kernelspec:
#     display_name: Python data (Nexus)
#     language: python
#     name: nexus-data
# ---

# %% [markdown]
# # Lab: the market stall
#
# Your aunt sells fruit, bread and cheese at the market, on Wednesdays and Saturdays. She kept two files: `data/sales.csv` with what was sold, and `data/products.csv` with names, prices and what she
# pays for them. She wants to know three things: what earns the money, when, and what to stop selling.
#
# **One rule for all functions:** the tables that they are given stay as they were. They return new ones.
#
# Run the cell and look at both tables before you start.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "load", "locked": true, "schema_version": 3, "solution": false, "task": false}
import pandas as pd

SALES = pd.read_csv("data/sales.csv", parse_dates=["date"])
PRODUCTS = pd.read_csv("data/products.csv")
print(SALES.head(3))
print(PRODUCTS)


# %% [markdown]
# ## 1. Trust nobody
#
# Does each sale have a product? Return the sorted list of product ids that occur in `sales` but not in `products`.
#
# `df["x"].isin(other)` gives a mask; `~` turns it round; `.unique()` gives the different values.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "unknown-products", "locked": false, "schema_version": 3, "solution": true, "task": false}
def unknown_products(sales, products):
    """Return the sorted product ids that are sold but not in the list of products."""
    ### BEGIN SOLUTION
    unknown = sales.loc[~sales["product_id"].isin(products["product_id"]), "product_id"]
    return sorted(unknown.unique().tolist())
    ### END SOLUTION


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "test-unknown-products", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} nexus={"concepts": ["data.joins"]}
import pandas as pd

_sales = pd.DataFrame({"product_id": ["A", "X", "B", "X"], "quantity": [1, 2, 3, 4]})
_products = pd.DataFrame({"product_id": ["A", "B", "C"], "name": ["apple", "bread", "cake"]})
assert list(unknown_products(_sales, _products)) == ["X"], f"Only X is unknown, and it's listed once; you got {unknown_products(_sales, _products)}"
### BEGIN HIDDEN TESTS
assert list(unknown_products(_sales, _products.head(0))) == ["A", "B", "X"], "Without products all are unknown: sorted, each once"
assert list(unknown_products(_sales.head(1), _products)) == [], "If all are known, the list is empty"
### END HIDDEN TESTS

# %% [markdown]
# ## 2. Money
#
# Return the sales joined with the products, sales of unknown products left out, with two new columns: `revenue` (quantity times price) and `profit` (quantity times the difference of price and cost).
# The order of the sales stays. Make sure that a product id that occurs twice in `products` raises an error instead of doubling the sales (`validate=`).

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "with-money", "locked": false, "schema_version": 3, "solution": true, "task": false}
def with_money(sales, products):
    """Return the sales of known products with the columns of products, and `revenue` and `profit`."""
    ### BEGIN SOLUTION
    joined = sales.merge(products, on="product_id", how="inner", validate="many_to_one")
    joined["revenue"] = joined["quantity"] * joined["price"]
    joined["profit"] = joined["quantity"] * (joined["price"] - joined["cost"])
    return joined
    ### END SOLUTION


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "test-with-money", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} nexus={"concepts": ["data.joins"]}
import numpy as np
import pandas as pd

_sales = pd.DataFrame({"product_id": ["B", "A", "X", "A"], "quantity": [2, 3, 9, 1]})
_products = pd.DataFrame({"product_id": ["A", "B"], "name": ["apple", "bread"], "category": ["fruit", "bakery"], "price": [2.0, 5.0], "cost": [1.5, 3.0]})
_joined = with_money(_sales, _products)
assert len(_joined) == 3, f"The sale of X is left out, so 3 rows stay; you have {len(_joined)}"
np.testing.assert_allclose(_joined["revenue"], [10, 6, 2], err_msg="revenue is quantity times price")
np.testing.assert_allclose(_joined["profit"], [4, 1.5, 0.5], err_msg="profit is quantity times (price - cost)")
### BEGIN HIDDEN TESTS
assert list(_joined["name"]) == ["bread", "apple", "apple"], "The order of the sales stays, and the names come along"
assert list(_sales.columns) == ["product_id", "quantity"], "The table of sales that came in should stay as it was"
assert list(_products.columns) == ["product_id", "name", "category", "price", "cost"], "The table of products that came in should stay as it was"
_raised = False
try:
    with_money(_sales, pd.concat([_products, _products.head(1)]))
except Exception:
    _raised = True
assert _raised, "A product id that occurs twice should raise an error: use validate"
### END HIDDEN TESTS

# %% [markdown]
# ## 3. What earns the money?
#
# From the joined table, return a table with one row per category and the columns `category`, `revenue`, `profit` and `margin`, the category with the highest profit first, with an index from 0. The margin is profit divided by revenue **of the whole category** (not the mean of the margins of the
# sales).

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "by-category", "locked": false, "schema_version": 3, "solution": true, "task": false}
def by_category(joined):
    """Return revenue, profit and margin per category, the most profitable first."""
    ### BEGIN SOLUTION
    result = joined.groupby("category", as_index=False)[["revenue", "profit"]].sum()
    result["margin"] = result["profit"] / result["revenue"]
    return result.sort_values("profit", ascending=False).reset_index(drop=True)
    ### END SOLUTION


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "test-by-category", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} nexus={"concepts": ["data.groups"]}
import numpy as np
import pandas as pd

_joined = pd.DataFrame({
    "category": ["cheese", "fruit", "bakery", "fruit"],
    "revenue": [90.0, 10.0, 8.0, 30.0],
    "profit": [2.0, 5.0, 6.0, 3.0],
})
_result = by_category(_joined)
assert list(_result["category"]) == ["fruit", "bakery", "cheese"], f"Fruit made a profit of 8, the bakery 6, cheese 2; you got {list(_result['category'])}"
np.testing.assert_allclose(_result["revenue"], [40, 8, 90], err_msg="The revenue of a category is the sum over its sales")
np.testing.assert_allclose(_result["profit"], [8, 6, 2], err_msg="The profit of a category is the sum over its sales")
### BEGIN HIDDEN TESTS
np.testing.assert_allclose(_result["margin"], [0.2, 0.75, 2 / 90], err_msg="margin: profit of the category divided by revenue of the category")
assert list(_result.index) == [0, 1, 2], "Give the result an index from 0"
assert list(_joined.columns) == ["category", "revenue", "profit"], "The table that came in should stay as it was"
assert sorted(_result.columns) == ["category", "margin", "profit", "revenue"], "Four columns: category, revenue, profit and margin"
### END HIDDEN TESTS

# %% [markdown]
# ## 4. When?
#
# Return a table with the columns `month` (text such as `2025-03`) and `revenue`, one row per month, in order of time, with an index from 0.
#
# `joined["date"].dt.strftime("%Y-%m")` gives the month as text.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "by-month", "locked": false, "schema_version": 3, "solution": true, "task": false}
def by_month(joined):
    """Return the revenue per month, in order of time."""
    ### BEGIN SOLUTION
    months = joined.assign(month=joined["date"].dt.strftime("%Y-%m"))
    return months.groupby("month", as_index=False)["revenue"].sum()
    ### END SOLUTION


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "test-by-month", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} nexus={"concepts": ["data.wide"]}
import numpy as np
import pandas as pd

_joined = pd.DataFrame({
    "date": pd.to_datetime(["2025-04-02", "2025-03-29", "2025-04-30"]),
    "revenue": [1.0, 2.0, 4.0],
})
_result = by_month(_joined)
assert list(_result["month"]) == ["2025-03", "2025-04"], f"Got {list(_result['month'])}"
np.testing.assert_allclose(_result["revenue"], [2, 5], err_msg="April has two sales: 1 + 4")
### BEGIN HIDDEN TESTS
_joined = pd.DataFrame({"date": pd.to_datetime(["2025-01-05", "2024-01-05", "2024-12-31"]), "revenue": [1.0, 2.0, 4.0]})
_result = by_month(_joined)
assert list(_result["month"]) == ["2024-01", "2024-12", "2025-01"], "January of two years are two months"
np.testing.assert_allclose(_result["revenue"], [2, 4, 1], err_msg="Each month keeps its own revenue")
assert list(_result.index) == [0, 1, 2], "Give the result an index from 0"
assert list(_joined.columns) == ["date", "revenue"], "The table that came in should stay as it was"
### END HIDDEN TESTS

# %% [markdown]
# ## 5. A table for your aunt
#
# She wants to see it at one glance: a row per product name, a column per month (as in task 4), and in each field the **quantity** sold, 0 where nothing was sold. Use `pivot_table`. The names of the products should be the index.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "overview", "locked": false, "schema_version": 3, "solution": true, "task": false}
def overview(joined):
    """Return the quantity per product name (rows) and month (columns), 0 where nothing was sold."""
    ### BEGIN SOLUTION
    months = joined.assign(month=joined["date"].dt.strftime("%Y-%m"))
    return months.pivot_table(index="name", columns="month", values="quantity", aggfunc="sum", fill_value=0)
    ### END SOLUTION


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "test-overview", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} nexus={"concepts": ["data.wide"]}
import pandas as pd

_joined = pd.DataFrame({
    "date": pd.to_datetime(["2025-03-01", "2025-03-05", "2025-04-02", "2025-04-02"]),
    "name": ["cake", "cake", "cake", "honey"],
    "quantity": [2, 3, 4, 7],
})
_wide = overview(_joined)
assert list(_wide.index) == ["cake", "honey"], f"The index holds the product names; you got {list(_wide.index)}"
assert list(_wide.columns) == ["2025-03", "2025-04"], f"The columns are the months; you got {list(_wide.columns)}"
### BEGIN HIDDEN TESTS
assert _wide["2025-03"].tolist() == [5, 0], "In March: 5 cakes, and no honey, which should be a 0"
assert _wide["2025-04"].tolist() == [4, 7], "In April: 4 cakes and 7 of honey"
assert list(_joined.columns) == ["date", "name", "quantity"], "The table that came in should stay as it was"
### END HIDDEN TESTS

# %% [markdown]
# ## 6. The real data
#
# Now use your functions on your aunt's files: run the next cell. Then write one last function, which gives the month with the highest revenue. (You should find that her best month was August.)

# %%
print("Unknown:", unknown_products(SALES, PRODUCTS))
joined = with_money(SALES, PRODUCTS)
print(by_category(joined).round(2))
print(by_month(joined).round(2))
print(overview(joined))


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "best-month", "locked": false, "schema_version": 3, "solution": true, "task": false}
def best_month(joined):
    """Return the month with the highest revenue, as text such as 2025-03."""
    ### BEGIN SOLUTION
    months = by_month(joined)
    return months.loc[months["revenue"].idxmax(), "month"]
    ### END SOLUTION


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "test-best-month", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} nexus={"concepts": ["data.groups"]}
import pandas as pd

_joined = pd.DataFrame({
    "date": pd.to_datetime(["2025-04-02", "2025-03-29", "2025-04-30"]),
    "revenue": [1.0, 2.0, 4.0],
})
assert str(best_month(_joined)) == "2025-04", f"April has 5, March 2; you got {best_month(_joined)}"
### BEGIN HIDDEN TESTS
_joined = pd.DataFrame({
    "date": pd.to_datetime(["2024-12-30", "2025-01-04", "2025-02-01", "2025-01-11"]),
    "revenue": [5.0, 3.0, 6.0, 4.0],
})
assert str(best_month(_joined)) == "2025-01", "The sum of the whole month counts, not its largest sale"
_joined = pd.DataFrame({
    "date": pd.to_datetime(["2025-05-03", "2025-06-07", "2025-06-14", "2025-06-21"]),
    "revenue": [9.0, 1.0, 2.0, 3.0],
})
assert str(best_month(_joined)) == "2025-05", "The money counts, not how many sales there were"
### END HIDDEN TESTS

# %% [markdown]
# ## What do you tell her?
#
# Your aunt doesn't read tables. In two or three sentences: which product or category deserves more space on the stall, and which one would you think about dropping? Name the numbers that you base it on, and one thing that the data **cannot** tell. An instructor reads it.

# %% [markdown] nbgrader={"cell_type": "markdown", "grade": true, "grade_id": "advice", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# The bakery brings the largest profit with a margin of more than 55 %, so bread and cake deserve the best place. Eggs earn little on each sale (margin 31 %). But the data can't tell whether people come for the eggs and then buy bread, so I would try a month without them before dropping them for good.

# %% [markdown] tags=["stretch"]
# ## Stretch
#
# For the fast, without points: which two products are most often sold on the same day? Make a table of days and products first.

# %%
# Yours to try; it gives no points.
