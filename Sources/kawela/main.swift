print("kawela")
