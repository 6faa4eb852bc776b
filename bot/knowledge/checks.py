"""checks"""
def check_knowledge(data): return []
