import sys, random, warnings, collections
sys.path.insert(0,'/work/h4')
from hypothesis import given, settings, strategies as st, Phase, HealthCheck, seed
from tests.property.model import *
from tests.property import model as M
from tests.property.drawn_types import *
from tests.property.pool import pool
from shimlite import *
from shimlite import Fidelity
from shimlite.strategies import values, python_types, any_values
from shimlite.equality import same
from tests.kinds import KINDS
import shimlite._idl as idl
N=int(sys.argv[1]); S=int(sys.argv[2]) if len(sys.argv)>2 else 0
count=collections.Counter(); seen=set()
def say(key,*a):
    count[key]+=1
    if count[key]<=int(sys.argv[3] if len(sys.argv)>3 else 6):
        print(key, *[repr(x)[:300] for x in a]); print()
def desc(T):
    if kind_of(T)=="record": return (T.__name__, [(f.name,desc(f.type),f.required) for f in fields_of(T)]) if T.__name__ not in("Tree","Chain") else T.__name__
    if kind_of(T)=="Enum": return ("Enum",values_of(T))
    a=members(T)
    if kind_of(T)=="Union": return ("Union",*map(desc,a))
    if kind_of(T) in (list,dict) and a: return (kind_of(T).__name__,*map(desc,a))
    return T
def gen(values_): 
    lt=idl.LiteralType(); lt.enum_type.SetInParent(); lt.enum_type.values.extend(values_)
    return guess_python_type(lt)
def model_answer(T,v,U):
    try: return ("ok",M.comes_back(T,v,U))
    except M.Misfit: return ("misfit",)
    except M.Unread as e: return ("unread",)
    except M.Ambiguous: return ("ambiguous",)
    except M.Refused: return ("refused",)
def real(F,v):
    try: return ("ok",F.project(v))
    except ConversionError as e: return ("refused",str(e))
def readreal(T,v,U):
    try: lit=to_literal(v,T)
    except ConversionError: return ("refused",)
    V={"x":idl.Variable(type=to_literal_type(T))}
    try: return ("ok",literal_map_to_kwargs(idl.LiteralMap(literals={"x":lit}),V,{"x":U})["x"])
    except ConversionError as e: return ("refused",str(e))
def check(T,U,vs,alone_):
    try: F=fidelity(T,None if alone_ else U)
    except UnsupportedTypeError as e: F=e
    dT,dU=desc(T),desc(U)
    p=pool(T)[:150]
    if not M.fits(T,U):
        if isinstance(F,Fidelity): say("ACCEPTED though decl misfit",dT,dU)
        count["misfit ok"]+=1
        return
    answers=[(v,model_answer(T,v,U)) for v in [*vs,*p]]
    unread=[v for v,a in answers if a[0]=="unread"]
    if not isinstance(F,Fidelity):
      for v,a in answers:
        try: r=readreal(T,v,U)
        except UnsupportedTypeError as e: say("FITS but unsupported",dT,dU,str(e)); break
        if (a[0]=="ok")!=(r[0]=="ok") or (a[0]=="ok" and not same(a[1],r[1])):
            say("DIFFERENT READ",dT,dU,v,a,r); break
      if 1:
        if M.surely_fits(T,U): say("REFUSED though surely fits",dT,dU,str(F))
        elif unread: count["refused, unread"]+=1
        else: say("refused grey",dT,dU,str(F)) if "-g" in sys.argv else count.update(["refused grey"])
        return
    count["accepted"]+=1
    if unread: say("ACCEPTED though unread",dT,dU,unread[0],real(F,unread[0]))
    for v,a in answers:
        r=real(F,v)
        if (a[0]=="ok")!=(r[0]=="ok") or (a[0]=="ok" and not same(a[1],r[1])):
            say("DIFFERENT",dT,dU,v,a,r); break
    changed=[v for v,a in answers if a[0]=="ok" and not same(a[1],v)]
    if F.exact and changed: say("EXACT but changed",dT,dU,changed[0],model_answer(T,changed[0],U))
    for l in F.losses:
        if l.witness is not None:
            a=model_answer(T,l.witness,U)
            if a[0]!="ok" or same(a[1],l.witness): say("WITNESS not confirmed",dT,dU,l,a); break
    if any(l.witness is not None for l in F.losses) and not changed: say("LOSSES but pool finds none",dT,dU,F.losses)
    count["exact" if F.exact else "lossy"]+=1
@st.composite
def pairs(draw):
    T=draw(types_of(draw(st.sampled_from(KINDS))))
    how=draw(st.sampled_from(("itself","template","another","another","another","another")))
    U=T if how=="itself" else alone(T,gen) if how=="template" else draw(readers_of(T))
    return T,U,how,[draw(values(T)) for _ in range(2)]
@seed(S)
@settings(max_examples=N,database=None,deadline=None,phases=[Phase.generate],suppress_health_check=list(HealthCheck))
@given(pairs())
def run(c):
    T,U,how,vs=c
    try: check(T,U,vs,how=="template")
    except Exception as e:
        import traceback; say("EXC "+type(e).__name__+str(e)[:80],desc(T),desc(U),traceback.format_exc()[-600:])
run()
print(count)
